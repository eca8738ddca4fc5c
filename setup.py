"""What pyproject.toml cannot say: CHANGELOG.md, which lies beside the packages, travels inside one of them."""

import os

from setuptools import setup
from setuptools.command.build_py import build_py

CHANGELOG = "CHANGELOG.md"


class BuildWithChangelog(build_py):
    """Copies CHANGELOG.md into `autograder`; an editable install finds it in the checkout."""

    def run(self) -> None:
        """Copy the packages, then the changelog."""
        super().run()
        if not self.editable_mode:
            self.copy_file(CHANGELOG, os.path.join(self.build_lib, "autograder", CHANGELOG))

    def get_source_files(self) -> list[str]:
        """What a source distribution has to hold."""
        return [*super().get_source_files(), CHANGELOG]


setup(cmdclass={"build_py": BuildWithChangelog})
