"""A catalogue that has something else for every template, and the command line that speaks so."""

import re

from lessons.toolkit import text

PLACEHOLDER = re.compile(r"\{\w+\}")


class Keys(dict):
    """Its key for a template is its length, with the template's arguments."""

    def get(self, template, default=None):
        return f"⟦{len(template)}⟧{''.join(PLACEHOLDER.findall(template))}"


if __name__ == "__main__":
    from autograder.cli import app

    text._spoken = Keys()
    app()
