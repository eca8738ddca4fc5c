"""Texts that try to run a script in whatever page they become part of, and what finds out whether one could."""

import copy

import grading_cases as cases
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from page_reader import Reader

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SCRIPT = "document.documentElement.dataset.ran='yes'"

HTML = (
    f"<script>{SCRIPT}</script>",
    f"<ScRiPt\nx>{SCRIPT}</sCrIpT >",
    f"<scr<script>ipt>{SCRIPT}</scr</script>ipt>",
    f'<img src=x onerror="{SCRIPT}">',
    f"<img/src=x/onerror={SCRIPT}>",
    f"<svg onload={SCRIPT}>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={SCRIPT}&gt;'>",
    f"<b onmouseover={SCRIPT}>bold</b><b\nonfocus={SCRIPT} tabindex=0>",
    f"<details open ontoggle={SCRIPT}><summary>x</summary></details>",
    f"<details>\n<https://x/onmouseover={SCRIPT}>text",
    f'<iframe srcdoc="<script>parent.{SCRIPT}</script>"></iframe>',
    f'<a href="javascript:{SCRIPT}">a</a>',
    f'<form action="javascript:{SCRIPT}"><button>x</button></form>',
    '<meta http-equiv="refresh" content="0;url=https://evil.invalid/"><base href="https://evil.invalid/">',
    "<style>@import 'https://evil.invalid/y.css';</style><link rel=stylesheet href=https://evil.invalid/x.css>",
    "<?xml version='1.0'?><!DOCTYPE html><![CDATA[<script>alert(1)</script>]]>",
    f"--></style></title></textarea></pre></div></div><script>{SCRIPT}</script>",
    f"<!-- --!><script>{SCRIPT}</script> -->",
    f'<small><small><b>x</i><u title="<img src=x onerror={SCRIPT}>">y</u>',
    "</div></div></div></main></body></html><h1>Full credit</h1>",
)
MARKDOWN = (
    f"[x](javascript:{SCRIPT})",
    f"[x]( javascript:{SCRIPT})",
    f"[x](<javascript:{SCRIPT}>)",
    f"[x](java&#115;cript:{SCRIPT})",
    "[x](data:text/html;base64,PHNjcmlwdD4= 'y')",
    f"[x][y]\n\n[y]: javascript:{SCRIPT}",
    f"[y]\n\n[y]:\n  <JavaScript:{SCRIPT}>",
    f"![x](javascript:{SCRIPT})",
    f'![x](https://evil.invalid/a.png "\\" onerror={SCRIPT}")',
    "![x][y]\n\n[y]: https://evil.invalid/pixel.png",
    "[![x](https://evil.invalid/pixel.png)](https://example.org)",
    f"<javascript:{SCRIPT}>",
    f'```"><script>{SCRIPT}</script>\ncode\n```',
    f"```mermaid\n</pre><script>{SCRIPT}</script>\n```",
    f"$</span><script>{SCRIPT}</script>$ and $$<img src=x onerror={SCRIPT}>$$",
    f"\\begin{{x}}<script>{SCRIPT}</script>\\end{{x}}",
    f"# heading <img src=x onerror={SCRIPT}>",
    f"| a |\n|---|\n| <img src=x onerror={SCRIPT}> |",
    f"- [x] <img src=x onerror={SCRIPT}>\n\nterm\n: <img src=x onerror={SCRIPT}>",
    "![x](attachment:a.svg) ![x](attachment:b)",
    "![x](attachment:none) and ![y](attachment:)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=) ![x](data:text/html;base64,PHNjcmlwdD4=)",
)
HIDDEN = "Whoever grades is not to see this."
ATTACHMENTS = {
    "a.svg": {"image/svg+xml": "PHN2Zz48c2NyaXB0PmFsZXJ0KDEpPC9zY3JpcHQ+PC9zdmc+"},
    "b": {f'image/png" onerror="{SCRIPT}': "PHNjcmlwdD4="},
    "c": {"image/png": f'iVBORw0KGgo=" onerror="{SCRIPT}'},
}
_FORBIDDEN = {"script", "iframe", "object", "embed", "svg", "math", "base", "link", "form", "input", "style", "meta"}


class Page(Reader):
    """Every tag of a page with its attributes, and its text as a person sees it."""

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).replace("\u200b", "").split())


def dangers(page: str) -> list[str]:
    """What in a page could run or load something."""
    found = []
    for tag, attributes in Page(page).tags:
        box = tag == "input" and attributes.get("type") == "checkbox"  # of a list of tasks
        found += [tag] if tag in _FORBIDDEN and not box else []
        for name, value in attributes.items():
            kinds = ("#", "data:image/png;base64,", "data:image/jpeg;base64,")
            harmless = (value or "").startswith((*kinds, "https://", "mailto:") if tag == "a" else kinds)
            if name.startswith("on") or (name in ("href", "src", "srcset", "background", "poster") and not harmless):
                found.append(f"{tag} {name}={value}")
    return found


def attack(released: NotebookNode) -> NotebookNode:
    """A lesson with every text in every place that a page could show."""
    notebook = copy.deepcopy(released)
    for text in HTML + MARKDOWN:
        told = {
            "tags": [text.replace(",", ";"), "x"],
            "magics_language": text,
            "format": text,
            "jupyter": {"source_hidden": True},
        }
        told["transient"] = {"remove_source": True}
        cell = new_markdown_cell(text, metadata=told)
        cell.attachments = ATTACHMENTS
        notebook.cells += [cell, new_raw_cell(text, metadata={**told, "raw_mimetype": "text/html"})]
        notebook.cells.append(new_code_cell(f"%%{text}\n'''{text}'''", outputs=outputs(text), metadata=told))
    notebook.cells.append(new_markdown_cell(HIDDEN, metadata={"transient": {"remove_source": True}}))
    notebook.metadata |= {
        "title": HTML[0],
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": HTML[0]}},
    }
    notebook.metadata.language_info = {"name": HTML[3], "pygments_lexer": HTML[3]}
    answer = cases.marked(notebook)[cases.EXERCISES[0]]
    answer.metadata |= {"tags": [HTML[0]], "magics_language": HTML[3]}
    answer.outputs = outputs(HTML[0])
    return nbformat.from_dict(notebook)


def outputs(text: str) -> list[NotebookNode]:
    """An output of every kind that shows a text."""
    kinds = ("text/html", "image/svg+xml", "application/javascript", "text/latex", "text/markdown", "text/plain")
    kinds += ("application/vnd.jupyter.widget-view+json", "text/vnd.mermaid", "image/png", "image/jpeg", "image/gif")
    shown = [new_output("display_data", {kind: text}, metadata={kind: {"width": text}}) for kind in kinds]
    fake = new_output("display_data", {"image/png": 'iVBORw0KGgo=" onerror="alert(1)'})
    error = new_output("error", ename=text, evalue=text, traceback=[f"\x1b[31m{text}\x1b[0m"])
    return [*shown, fake, error, new_output("stream", name=text, text=text)]
