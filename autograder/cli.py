"""The command line: `autograder` and what to do; `autograder --help` lists it.

Each command loads what it needs when it runs, so that `autograder --help` answers at once.
"""

import os
import shlex
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from autograder.errors import CourseError
from autograder.extras import is_whole_course, lacking
from autograder.lazy_imports import import_lightly
from lessons.toolkit.text import Words, is_english, named, said, t

if TYPE_CHECKING:
    from autograder.authoring.drift import Drift
    from autograder.authoring.solution_notebook import OnCell
    from autograder.course.lessons import Lesson
    from autograder.learner.fetch import OnBytes
    from autograder.learner.start import Started, Update

DEFAULT_FOLDER = "my_lessons"
FOR_LEARNERS = {"start", "lab", "check", "reset", "progress", "doctor", "fetch"}
PASS_ON = {"ignore_unknown_options": True}

app = typer.Typer(
    name="autograder",
    help="Work through the course, build it, and grade a class.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="Your own folder for the lessons.", show_default=True)]
Notebook = Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="Your copy of a lesson.")]
Language = Annotated[str, typer.Option(help="en, or another language of the course; that of the folder if none.")]
Lessons = Annotated[
    list[str] | None, typer.Argument(metavar="[LESSON]...", help="Lessons such as 01_seq2seq; all if none.")
]
CheckOnly = Annotated[
    bool, typer.Option("--check", help="Change nothing; exit 1 where a generated file is out of date.")
]


def main() -> None:
    """Run the command line; an error of the course is one line on stderr and exit code 2."""
    import_lightly()
    _write_anything()
    if not is_whole_course():
        _hide_what_is_not_there()
    command = typer.main.get_command(app)
    if "--help" in sys.argv or not sys.argv[1:]:
        _say_help(command)
    try:
        command()
    except CourseError as error:
        _refuse(str(error))
    except ModuleNotFoundError as error:
        if (told := lacking(error.name or "")) is None:
            raise
        _refuse(told)


def _say_help(command: Any) -> None:
    from autograder.spoken_help import say_help

    _speak_as_here()
    if not is_english():
        say_help(command)


def _speak_as_here() -> None:
    """Say everything in the language of the learner's folder that this is, or is in, or has."""
    from autograder import languages
    from autograder.notebooks.spoken import RELEASED, language_of_folder

    folders = (Path(DEFAULT_FOLDER), Path(), Path(".."))
    folder = next((one for one in folders if (one / RELEASED).exists()), Path())
    with suppress(CourseError):  # a setting that is wrong keeps nobody from help
        languages.speak(language_of_folder(folder))


def _hide_what_is_not_there() -> None:
    """List only what learners have; whoever types another command is told that it needs the whole course."""
    for command in app.registered_commands:
        command.hidden = command.callback is not None and command.callback.__name__ not in FOR_LEARNERS
    for group in app.registered_groups:
        group.hidden = True


def _refuse(reason: str) -> NoReturn:
    print(f"autograder: {reason}", file=sys.stderr)
    raise SystemExit(2) from None


def _write_anything() -> None:
    """A terminal or file that is not UTF-8 gets a question mark for what it cannot hold; no command ends over it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _print_version(asked: bool) -> None:
    from autograder.course.versions import course_version

    if asked:
        print(f"autograder {course_version()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the course's version.")
    ] = False,
) -> None:
    """Options that need no command; each is carried out as it is read."""


@app.command()
def start(folder: Folder = Path(DEFAULT_FOLDER), language: Language = "") -> None:
    """Copy the lessons to a folder of your own, or bring them up to date there; your work is kept."""
    _start(folder, language)
    print(said("Open them with: {command}", command=shlex.join(["autograder", "lab", str(folder)])))


def _start(folder: Path, language: str) -> None:
    from autograder import languages
    from autograder.learner import start
    from autograder.notebooks.spoken import language_of_folder

    languages.speak(language or language_of_folder(folder))
    result = start.start(folder, language=language)
    for path in result.copied:
        _print_row(t("copied"), str(path))
    for path in result.kept:
        _print_row(t("kept"), t("{path} (already there, not touched)", path=str(path)))
    for update in result.updated:
        _print_update(update)
    for reason in result.left.values():
        _print_row(t("left"), reason)
    print(_summary(result, folder))
    _print_news(result)


def _summary(result: "Started", folder: Path) -> str:
    parts = ("copied", "kept", "updated", "left")
    counts = {"folder": str(folder), **{part: len(getattr(result, part)) for part in parts}}
    if counts["copied"] == 1:
        return said(
            "1 lesson copied to {folder}, {kept} kept as they were, {updated} brought up to date, {left} left alone.",
            **counts,
        )
    return said(
        "{copied} lessons copied to {folder}, {kept} kept as they were, {updated} brought up to date, {left} left "
        "alone.",
        **counts,
    )


def _print_row(label: Words, words: Words) -> None:
    """A line of what was done, below the others; without a label what belongs to the line above."""
    from lessons.toolkit.columns import padded

    print(padded(str(label), 8), words)


def _print_news(result: "Started") -> None:
    """What CHANGELOG.md says in short of the versions that came since a learner's folder was made."""
    from autograder.course.versions import changelog

    if result.damage:
        _print_row(t("note"), result.damage)
    for release in result.news:
        versions = {"version": release.version, "before": result.before}
        if result.before:
            told = t("in version {version} of the course (your folder was of version {before}):", **versions)
        else:
            told = t("in version {version} of the course:", **versions)
        _print_row(t("news"), told)
        print(textwrap.indent(textwrap.fill(release.summary, 100), " " * 9))
    if result.news:
        _print_row("", t("All changes: {place}", place=str(changelog())))


def _print_update(update: "Update") -> None:
    """What became of a learner's work in a new version of a lesson."""
    carried = update.carried
    answers, own = len(carried.answers), carried.own
    work = {
        "path": str(update.path),
        "answers": t("1 answer") if answers == 1 else t("{count} answers", count=answers),
        "cells": t("1 cell of your own") if own == 1 else t("{count} cells of your own", count=own),
    }
    _print_row(t("updated"), t("{path} to the lesson's new version, with {answers} and {cells}", **work))
    for exercise in carried.changed:
        told = t(
            "{exercise} is another exercise now: your answer is kept, the new stub is in the cell below it",
            exercise=exercise,
        )
        _print_row("", told)
    for what in carried.lost:
        _print_row("", t("not carried over: {what}", what=what))
    if update.old:
        _print_row("", t("your copy as it was: {path}", path=str(update.old)))
        _print_row("", t("Is it open in JupyterLab? Choose File > Reload Notebook from Disk there before you go on."))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@app.command(context_settings=PASS_ON)
def lab(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DIR] [-- JUPYTER ARGS]", help="Your own folder, then what JupyterLab is to be told."),
    ] = None,
    language: Language = "",
) -> None:
    """Open your copy of the lessons in JupyterLab."""
    from autograder import languages
    from autograder.learner import lab as jupyter
    from autograder.notebooks.spoken import language_of_folder

    folder, options = _folder_and_options(arguments or [])
    _start(folder, language)
    jupyter.require_jupyter(folder)
    if jupyter.refuses_root(options):
        again = shlex.join(["autograder", "lab", str(folder), "--", *options, "--allow-root"])
        print(said("JupyterLab refuses to run as root: whoever reaches its page could change anything here."))
        print(
            said(
                "Start it as another user, or, where root is all there is (a container, say): {command}", command=again
            )
        )
        raise typer.Exit(1)
    spoken = language_of_folder(folder)
    settings = jupyter.menus_in(spoken, folder)
    if settings is None and spoken != languages.ENGLISH:
        pack = f'{Path(sys.executable).name} -m pip install "attention-course[{spoken}]"'
        print(said("JupyterLab's own menus are in English; for those of your language: {command}", command=pack))
    sys.stdout.flush()
    command = jupyter.jupyter_command(folder, options)
    raise typer.Exit(jupyter.run_jupyter(command, jupyter.jupyter_environment(settings)))


def _folder_and_options(arguments: list[str]) -> tuple[Path, list[str]]:
    if arguments and not arguments[0].startswith("-"):
        return Path(arguments[0]), arguments[1:]
    return Path(DEFAULT_FOLDER), arguments


@app.command()
def check(
    notebook: Notebook,
    summary: Annotated[
        Path | None, typer.Option(help="Add the verdicts to this file, as Markdown; GitHub's workflows name one.")
    ] = None,
) -> None:
    """Check the exercises of your notebook; exit 1 if any fails."""
    from autograder.learner.terminal_check import check_notebook

    _speak_as(notebook)
    raise typer.Exit(check_notebook(notebook, summary=summary))


@app.command()
def reset(
    notebook: Notebook,
    exercise: Annotated[str, typer.Argument(metavar="EXERCISE", help="The exercise's name, such as pad_batch.")],
) -> None:
    """Start an exercise afresh; your answer is kept below it."""
    from autograder.learner import reset as resetting

    _speak_as(notebook)
    names = {"exercise": exercise, "notebook": str(notebook)}
    if not resetting.reset(notebook, exercise):
        print(said("{exercise} in {notebook} has not been started: nothing to reset.", **names))
        return
    print(
        said("{exercise} in {notebook} is back to its stub; your answer, if any, is in the raw cell below it.", **names)
    )
    print(said("If the notebook is open in JupyterLab, choose File > Reload Notebook from Disk before you go on."))


def _speak_as(notebook: Path) -> None:
    """Say everything in the language of a learner's notebook; where it cannot be read, in that of its folder."""
    from autograder import languages
    from autograder.learner.own_notebooks import LearnerError, read_notebook
    from autograder.learner.progress import folder_of
    from autograder.notebooks.spoken import language_of_folder, language_told

    languages.speak(language_of_folder(folder_of(notebook.parent)))
    with suppress(LearnerError):  # whoever reads it next says what is wrong with it
        languages.speak(language_told(read_notebook(notebook, whole=False)) or languages.ENGLISH)


@app.command()
def progress(folder: Folder = Path(DEFAULT_FOLDER)) -> None:
    """Show which exercises of the course you have done, your points, and the next step."""
    from autograder import languages
    from autograder.learner.cards import overview
    from autograder.learner.progress import folder_of, read_progress
    from autograder.notebooks.spoken import language_of_folder

    languages.speak(language_of_folder(folder_of(folder)))
    if not folder.is_dir():
        told = said("there is no folder {folder}; name yours, or make it with: autograder start", folder=str(folder))
        raise CourseError(told)
    print(overview.text(read_progress(folder_of(folder))))


@app.command()
def build(lessons: Lessons = None, check: CheckOnly = False) -> None:
    """Make the notebooks and modules from the lesson sources."""
    from autograder.authoring import build as builder
    from autograder.authoring.drift import find_drifts
    from autograder.authoring.tree import CourseTree

    tree = CourseTree.of_course()
    if check:
        with _status("Comparing the generated files ..."):
            drifts = find_drifts(tree, lessons or ())
        raise typer.Exit(_report(drifts, lessons or []))
    with _cell_bar() as on_cell:
        results = builder.build(tree, lessons or (), on_cell)
    for built in results:
        print(
            f"{built.slug}: {'executed' if built.executed else 'not executed (its inputs are the same)'}, ",
            end="",
        )
        print(f"{_count(len(built.changed), 'file')} written" if built.changed else "up to date")


@app.command()
def translate(
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="Such as ko.")],
    catalogues: Annotated[
        list[str] | None, typer.Argument(metavar="[CATALOGUE]...", help="Such as 01_seq2seq; all if none.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; list what is wrong; exit 1 if anything.")
    ] = False,
) -> None:
    """Bring the catalogues of a language up to date with the English texts; what is translated is kept."""
    from autograder.authoring.translation.faults import find_faults
    from autograder.authoring.translation.merge import merge_catalogues
    from autograder.authoring.tree import CourseTree

    if check:
        faults = find_faults(CourseTree.of_course(), language, catalogues or ())
        print(*faults, sep="\n")
        raise typer.Exit(1 if faults else 0)
    for merged in merge_catalogues(CourseTree.of_course(), language, catalogues or ()):
        told = f"{len(merged.catalogue)} texts, {merged.missing} without a translation"
        print(f"{merged.path.name}: {told}, {merged.outdated} whose English has changed")


@app.command()
def pages(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="A folder for the site.")] = Path("site"),
    repository: Annotated[
        str | None, typer.Option(help="owner/name on GitHub: pages then link to their lessons on Binder and Colab.")
    ] = None,
) -> None:
    """Write the solved course as a site to read without installing it."""
    from autograder.authoring.pages.site import write_site

    with _status("Writing the pages ..."):
        written = write_site(folder, repository)
    print(f"{_count(len(written), 'file')} in {folder}; open {folder / 'index.html'}")


package = typer.Typer(help="Write the course as a package for others.", no_args_is_help=True)
app.add_typer(package, name="package")


class _ManyValues(TyperCommand):
    """A command two options of which take several values in a row: `--lessons 01 02`."""

    options = ("--lessons", "--over")

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give each value its option, as click wants it."""
        spread: list[str] = []
        option = ""
        for word, following in zip(args, [*args, "-"][1:], strict=True):
            if word in self.options and following.startswith("-"):
                raise CourseError(f"{word} names no lesson; write numbers or names after it, such as {word} 01 02")
            repeated = not word.startswith("-") and option and spread[-1] != option
            spread += [option, word] if repeated else [word]
            option = word if word in self.options else "" if word.startswith("-") else option
        return super().parse_args(ctx, spread)


@package.command(cls=_ManyValues)
def learner(
    lessons: Annotated[
        list[str] | None, typer.Option(metavar="LESSON...", help="Lessons such as 01 02; all if none.")
    ] = None,
    over: Annotated[
        list[str] | None, typer.Option(metavar="LESSON...", help="Lessons whose solutions learners may have.")
    ] = None,
    to: Annotated[Path, typer.Option(help="The folder for wheel and notebooks.")] = Path("learners_package"),
) -> None:
    """Write a wheel and notebooks without solutions, for the learners of a class."""
    from autograder.authoring.learner_package import package_learner

    with _status("Writing the package ..."):
        made = package_learner(to, lessons or [], over or [])
    size = made.wheel.stat().st_size / 1e6
    print(f"{made.wheel}: {size:.1f} MB, lessons {_numbers(made.lessons)}; notebooks are in {to / 'lessons'}")
    print(f"Solutions in it: {_numbers(made.over)}, which you named as over." if made.over else "It has no solutions.")
    if made.lacking:
        advice = "learners need their own answers to them, kept from an earlier package"
        print(f"Neither in it nor over: {_numbers(made.lacking)}; {advice}.")
    print(f'Learners run: pip install "{made.wheel.name}[lab]", then: autograder lab')


def _numbers(lessons: "Iterable[Lesson]") -> str:
    return ", ".join(lesson.number for lesson in lessons)


def _report(drifts: "list[Drift]", lessons: list[str]) -> int:
    for drift in drifts:
        print(drift.difference, end="\n\n")
    if drifts:
        command = " ".join(["autograder build", *lessons])
        print(f"autograder: {_count(len(drifts), 'file')} out of date; run: {command}", file=sys.stderr)
    return 1 if drifts else 0


@app.command()
def collect(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A zip of an LMS, or a folder.")],
    submissions: Annotated[Path, typer.Argument(metavar="SUBMISSIONS", help="The folder to add to.")],
    roster: Annotated[Path | None, typer.Option(help="The class: a CSV with id, name, email, canvas_id.")] = None,
    lesson: Annotated[str, typer.Option(help="The lesson of all files; else each file's name and cells tell.")] = "",
    handed_in: Annotated[str, typer.Option(help="When they were handed in, such as 2026-03-09T23:59.")] = "",
    pattern: Annotated[
        str, typer.Option(help="A regular expression with (?P<student_id>...), perhaps (?P<timestamp>...).")
    ] = "",
    worksheet: Annotated[
        Path | None,
        typer.Option(help="When each handed in: Moodle's grading worksheet, or columns id and handed_in."),
    ] = None,
) -> None:
    """Put what an LMS hands over where `grade` reads it; exit 1 where a file was not attributed."""
    from autograder.permissions import written_privately
    from autograder.submissions.collect import collect_command

    with written_privately(submissions):
        raise typer.Exit(collect_command(source, submissions, roster, lesson, handed_in, pattern, worksheet))


@app.command()
def receipts(
    submissions: Annotated[Path, typer.Argument(metavar="SUBMISSIONS", help="The folder that `grade` reads.")],
    student: Annotated[list[str] | None, typer.Argument(metavar="[STUDENT]...", help="Whose; all if none.")] = None,
    enter: Annotated[bool, typer.Option("--enter", help="Let them count: you have put them there yourself.")] = False,
) -> None:
    """List times in folders that were made by hand, which no receipt of `collect` has."""
    from autograder.submissions.enter_receipts import receipts_command

    raise typer.Exit(receipts_command(submissions, student or [], enter))


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(metavar="SUBMISSIONS", help="Holds <student>/<lesson>/<lesson>.ipynb.")
    ],
    out: Annotated[Path | None, typer.Option(help="The folder for grades, feedback and gradebook.")] = None,
    lesson: Annotated[list[str] | None, typer.Option(help="Grade this lesson only; may be repeated.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Submissions graded side by side.")] = os.cpu_count() or 1,
    isolation: Annotated[
        str, typer.Option(help="bubblewrap: each in a sandbox; none: they run as you, so only trusted ones.")
    ] = "bubblewrap",
    seed: Annotated[int | None, typer.Option(help="Fix the fresh cases, to repeat a run exactly.")] = None,
    attempts: Annotated[
        str | None, typer.Option(help="Which of several attempts counts: newest (on time) or best; else course.toml.")
    ] = None,
    db: Annotated[
        str | None, typer.Option(help="Keep the gradebook there: postgresql+psycopg://USER@HOST/DATABASE.")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A Dask cluster that judges, see CLUSTER.md; else this machine."),
    ] = None,
) -> None:
    """Grade the submissions of a class."""
    from autograder.grading.options import Options
    from autograder.grading.run import grade_command

    options = Options(submissions, out, lesson or [], workers, isolation, seed, attempts, db, scheduler)
    raise typer.Exit(grade_command(options))


@app.command()
def feedback(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `grade` wrote.")],
    lesson: Annotated[list[str] | None, typer.Option(help="Pages of this lesson only; may be repeated.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Pages made side by side.")] = os.cpu_count() or 1,
    submissions: Annotated[
        Path | None, typer.Option(help="Where `collect` put what the LMS handed over; else where `grade` read.")
    ] = None,
) -> None:
    """Write a page for each student, and zips for Moodle and Canvas; only what has changed is made."""
    from autograder.permissions import written_privately
    from autograder.reports.feedback.command import feedback_command

    with written_privately(folder):
        raise typer.Exit(feedback_command(folder, lesson or [], workers, submissions))


@app.command()
def marks(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `grade` wrote.")],
    roster: Annotated[Path | None, typer.Option(help="The class: a CSV with id, name, email, canvas_id.")] = None,
    canvas: Annotated[Path | None, typer.Option(help="Canvas's own export, whose students are filled in.")] = None,
    to: Annotated[Path | None, typer.Option(help="The folder for the tables; DIR/marks if none.")] = None,
) -> None:
    """Write the marks by exercise, by lesson and for the course, and for Moodle and Canvas."""
    from autograder.permissions import written_privately
    from autograder.reports.marks_command import marks_command

    with written_privately(folder):
        raise typer.Exit(marks_command(folder, roster, canvas, to))


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `grade` wrote.")],
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Numbers in place of students, none of their code.")
    ] = False,
    to: Annotated[Path | None, typer.Option(help="The page; DIR/report.html if none.")] = None,
    roster: Annotated[
        Path | None, typer.Option(help="The class: a CSV with id and name. Who is not on it is left out.")
    ] = None,
) -> None:
    """Say what a class got wrong and why, and write it as a page."""
    from autograder.permissions import written_privately
    from autograder.reports.class_report.command import report_command

    with written_privately(folder):
        raise typer.Exit(report_command(folder, anonymous, to, roster))


@app.command()
def jplag(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `grade` wrote.")],
    lesson: Annotated[list[str] | None, typer.Option(help="Answers to this lesson only; may be repeated.")] = None,
    to: Annotated[Path | None, typer.Option(help="The folder for the files; DIR/jplag if none.")] = None,
) -> None:
    """Write the answers of a class as JPlag reads them, which compares their structure; what was given is base code."""
    from autograder.permissions import written_privately
    from autograder.reports.jplag import jplag_command

    with written_privately(folder):
        raise typer.Exit(jplag_command(folder, lesson or [], to))


@app.command()
def rubric(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `grade` wrote.")],
    lesson: Annotated[list[str] | None, typer.Option(help="Answers of this lesson only; may be repeated.")] = None,
    exercise: Annotated[list[str] | None, typer.Option(help="This written answer only; may be repeated.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to serve the page; 0: one that is free.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page at once.")] = True,
) -> None:
    """Grade written answers by hand: those of the whole class on one page, by keys, saved in the gradebook."""
    from autograder.permissions import written_privately
    from autograder.reports.rubric.command import rubric_command

    with written_privately(folder):
        raise typer.Exit(rubric_command(folder, lesson or [], exercise or [], port, browser))


@app.command()
def forget(
    student: Annotated[str, typer.Argument(metavar="STUDENT", help="By the name of the folder among the submissions.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `grade` wrote.")],
    submissions: Annotated[
        Path | None, typer.Option(help="The folder of submissions; that of the last run if none.")
    ] = None,
    only_tell: Annotated[
        bool, typer.Option("--only-tell", help="Say what would be removed, and remove nothing.")
    ] = False,
) -> None:
    """Remove a student from submissions, gradebook, journal, notebooks, tables and reports, and say from where."""
    from autograder.grading.forget import forget_command

    raise typer.Exit(forget_command(student, folder, submissions, only_tell))


@app.command()
def doctor(
    hub: Annotated[
        bool, typer.Option("--hub", help="Look at this machine as a JupyterHub; exit 1 where something is wrong.")
    ] = False,
) -> None:
    """Say what this machine can do, and how to get what lacks; exit 1 where submissions cannot be shut in."""
    from autograder.doctor import examine

    if hub:
        from autograder.hub.examine import examine_hub  # a package for learners has none

        findings = examine_hub(Path())
    else:
        _speak_as_here()
        with _status(said("Trying a sandbox ...")):
            findings = examine()
    for finding in findings:
        print(finding.lines())
    raise typer.Exit(0 if all(one.works for one in findings if hub or one.name == "isolation") else 1)


@app.command()
def hub(
    to: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder to write the files to.")] = Path("hub"),
    exchange: Annotated[Path, typer.Option(help="nbgrader's exchange.")] = Path("/srv/nbgrader/exchange"),
    folder: Annotated[Path, typer.Option("--class", help="The folder of the class, for graders.")] = Path("/srv/class"),
    grader: Annotated[
        list[str] | None, typer.Option(help="A user who grades; may be repeated, whoever teaches first.")
    ] = None,
    db: Annotated[
        str, typer.Option(help="The gradebook of several graders: postgresql+psycopg://USER@HOST/DATABASE.")
    ] = "",
) -> None:
    """Write what a JupyterHub needs for a class: settings and a script, for its administrator to put in place."""
    from autograder.hub.settings import Hub, hub_command

    if not grader:
        raise CourseError("name who grades, for example: --grader hana --grader bob")
    raise typer.Exit(hub_command(to, Hub(exchange, folder, tuple(grader), db)))


@app.command()
def fetch(
    url: Annotated[
        str | None, typer.Option(help="An archive of manythings.org/anki; its Korean one if none is given.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Where to put the corpus; among your own data if none is given.")
    ] = None,
    sha256: Annotated[
        str | None, typer.Option(help="Take the archive only if it has this checksum; the source renews it at times.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Give up after so many seconds without a byte.")] = 30.0,
    force: Annotated[bool, typer.Option("--force", help="Fetch it anew if it is there already.")] = False,
) -> None:
    """Get a real corpus from the internet; the course works without one."""
    from autograder.learner import fetch as fetcher

    url = url or fetcher.KOREAN_URL
    corpus = fetcher.corpus_file(url, folder)
    if corpus.exists() and not force:
        print(said("{corpus} is there already, not touched; to fetch it anew, add --force.", corpus=str(corpus)))
        return
    print(said("Fetching {url}", url=url), named(fetcher.LICENCE), sep="\n\n", flush=True)
    with _byte_bar() as on_bytes:
        fetched = fetcher.fetch(url, folder, sha256, on_bytes, fetcher.Limits(timeout=timeout))
    words = {"corpus": str(fetched.corpus), "count": f"{fetched.pairs:,}", "notice": str(fetched.notice)}
    print(said("{corpus}: {count} sentence pairs; licence and origin are in {notice}", **words))
    how = t("as you asked") if sha256 else t("recorded, not compared")
    print(said("sha256 of the archive: {digest} ({how})", digest=fetched.sha256, how=how))


@contextmanager
def _status(text: str) -> Iterator[None]:
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


@contextmanager
def _cell_bar() -> "Iterator[OnCell]":
    """A bar on stderr that shows which cell of which lesson runs; it is gone when all have run."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("reading the lessons", total=None)

        def on_cell(lesson: str, number: int, count: int) -> None:
            progress.update(task, description=f"{lesson}: running cell", completed=number - 1, total=count)

        yield on_cell


@contextmanager
def _byte_bar() -> "Iterator[OnBytes]":
    """A bar on stderr that shows how much has come."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

    console = Console(stderr=True)
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("fetching", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
