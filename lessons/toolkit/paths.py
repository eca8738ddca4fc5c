"""Where the course's data lies: beside the code in a checkout, inside the package when installed."""

from pathlib import Path

import lessons

_PACKAGE = Path(lessons.__file__).parent


def datasets_folder() -> Path:
    """The folder that holds the corpora and the trained models.

    Raises:
        FileNotFoundError: neither the installed package nor the checkout has it.
    """
    candidates = (_PACKAGE / "datasets", _PACKAGE.parent / "datasets")
    for folder in candidates:
        if (folder / "english_korean").is_dir():
            return folder
    tried = " and ".join(map(str, candidates))
    raise FileNotFoundError(f"the course's data was not found in {tried}: reinstall the course")
