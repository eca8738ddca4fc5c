"""HTML templates: one environment for all pages and cards, in which nothing of a submission's is taken for HTML."""

import jinja2


def environment(package: str) -> jinja2.Environment:
    """The templates that lie in a package: values are escaped, and one that is missing is an error."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader(package, "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
