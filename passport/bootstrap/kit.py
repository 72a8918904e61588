"""A folder for a USB stick that verifies passports where there is neither network nor installation.

It holds this package as far as verifying needs it, the packages that this part imports, a trust
file, bundles, and a page in plain words. It runs on the Python version and machine kind that it
was made on, with nothing but the standard library beside it.
"""

import importlib.metadata
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import orjson

import passport
from passport.domain.errors import ConflictError
from passport.linked_data.terms import schema_file

_PARTS: Final = ("domain", "rules", "linked_data", "signing", "services")
"""Folders of this package below which nothing of storage, web or pages is needed."""
_IMPORTED: Final = """\
import sys
import passport.services.offline_verifier
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
_PROGRAM: Final = '''\
"""Verify battery passports from this folder; see README.txt."""

import pathlib
import sys
import sysconfig

MADE_FOR = {made_for!r}
FOLDER = pathlib.Path(__file__).resolve().parent
found = f"{{sys.version_info[0]}}.{{sys.version_info[1]}} {{sysconfig.get_platform()}}"
if found != MADE_FOR:
    sys.stderr.write(f"could not be tried: made for Python {{MADE_FOR}}, this is {{found}}\\n")
    sys.exit(2)
# The standard library and this folder; nothing that happens to be installed on the machine.
paths = sysconfig.get_paths()
own = {{paths["stdlib"], paths["platstdlib"], paths["stdlib"] + "/lib-dynload"}}
sys.path[:] = [str(FOLDER / "lib"), *(path for path in sys.path if path in own)]
sys.dont_write_bytecode = True
from passport.services.offline_verifier import main  # noqa: E402 - after the paths

sys.exit(main(sys.argv[1:]))
'''
_README: Final = """\
Battery passports, to be verified without network
==================================================

    python3 verify bundles --trust trust.json          every passport in the folder "bundles"
    python3 verify FILE.json --trust trust.json        one passport that somebody gave you

"trust.json" says whom you believe: the operators' keys and the log. It is as good as the hand it
came from. If somebody else gave you this folder, use the trust file that you have yourself, and a
verifier that you have yourself: whoever can write to this stick can change both.

The answer is one of four:

    authentic                                what stands there was signed by whom it says
    authentic but corrected or withdrawn     signed, but do not rely on it any more; see why
    could not be checked                     nothing speaks against it; something is missing
    not signed by whom it says               changed, put together, or made up; do not rely on it

Then compare with the battery: the serial number, the mass, the chemistry on its label, the photo. A
genuine record can hang on another battery; no signature can tell.

Needs Python {made_for}. Made on {made_on}. Nothing is fetched, nothing is written.
"""


class FolderNotEmptyError(ConflictError):
    """Something lies already where a new folder is to be written."""

    code = "folder-not-empty"


def write_kit(
    folder: Path, *, trust: Mapping[str, object], bundles: Mapping[str, bytes], made_on: str
) -> None:
    """Write the folder.

    Args:
        folder: Where; made if it is not there.
        trust: Whom its owner believes.
        bundles: Bundles by file name.
        made_on: The day, for the page in it.

    Raises:
        FolderNotEmptyError: Something lies there already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmptyError(f"{folder} is not empty; name a new folder")
    library = folder / "lib"
    library.mkdir(parents=True)
    _copy_own(library / "passport")
    for name in _imported_distributions():
        _copy_distribution(name, library)
    made_for = f"{sys.version_info[0]}.{sys.version_info[1]} {sysconfig.get_platform()}"
    (folder / "verify").write_text(_PROGRAM.format(made_for=made_for), encoding="utf-8")
    (folder / "README.txt").write_text(
        _README.format(made_for=made_for, made_on=made_on), encoding="utf-8"
    )
    (folder / "trust.json").write_bytes(orjson.dumps(trust, option=orjson.OPT_INDENT_2))
    (folder / "bundles").mkdir()
    for name, body in bundles.items():
        (folder / "bundles" / name).write_bytes(body)


def _copy_own(target: Path) -> None:
    source = Path(passport.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    target.mkdir()
    shutil.copy2(source / "__init__.py", target)
    for part in _PARTS:
        shutil.copytree(source / part, target / part, ignore=ignored)
    schemas = Path(str(schema_file("terms.csv"))).parent
    shutil.copytree(schemas, target / "_schemas", ignore=ignored)


def _imported_distributions() -> list[str]:
    """Return the distributions that verifying imports, as a process of its own shows them."""
    # A program of ours with arguments of ours; no shell.
    answer = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _IMPORTED], capture_output=True, check=True, text=True
    )
    known = importlib.metadata.packages_distributions()
    names = {one for module in answer.stdout.split() for one in known.get(module, ())}
    return sorted(names - {"open-battery-passport", "setuptools"})


def _copy_distribution(name: str, library: Path) -> None:
    distribution = importlib.metadata.distribution(name)
    for file in _copied(distribution.files or ()):
        source = Path(str(distribution.locate_file(file)))
        target = library / file
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def _copied(
    files: Iterable[importlib.metadata.PackagePath],
) -> Iterable[importlib.metadata.PackagePath]:
    for file in files:
        is_inside = not file.is_absolute() and ".." not in file.parts
        if is_inside and "__pycache__" not in file.parts and "tests" not in file.parts:
            yield file
