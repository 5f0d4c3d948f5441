"""The document: modules joined without a build step stay one correct script."""

from __future__ import annotations

import json
import re

import pytest

from pytest_visualdiff.report.html import ASSETS, SCRIPTS, STYLES, inert, script

TEXTS = {name: (ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS}

DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)
IMPORTED = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', re.MULTILINE)


def test_all_files_of_the_folder_are_in_the_document() -> None:
    assert {path.stem for path in ASSETS.glob("*.js")} == set(SCRIPTS)
    assert {path.stem for path in ASSETS.glob("*.css")} == set(STYLES)


def test_no_two_modules_declare_the_same_name() -> None:
    names = [name for text in TEXTS.values() for name in DECLARED.findall(text)]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("module", SCRIPTS)
def test_a_module_imports_what_others_export_and_uses_it(module: str) -> None:
    """So that each file reads as the ES module that it is, and stands after what it needs."""
    for names, other in IMPORTED.findall(TEXTS[module]):
        assert SCRIPTS.index(other) < SCRIPTS.index(module)
        exported = {
            name
            for name in DECLARED.findall(TEXTS[other])
            if re.search(rf"^export .*\b{name}\b", TEXTS[other], re.MULTILINE)
        }
        for name in (one.strip() for one in names.split(",")):
            assert name in exported, f"{module}: {other} exports no {name}"
            assert len(re.findall(rf"\b{name}\b", TEXTS[module])) > 1, f"{module}: unused {name}"


def test_the_joined_script_has_no_import_and_no_export_left() -> None:
    assert not re.search(r"^(import|export)\b", script(), re.MULTILINE)
    assert "innerHTML" not in script()


def test_files_stay_small() -> None:
    long = [path.name for path in ASSETS.iterdir() if len(path.read_text().splitlines()) > 600]
    assert long == []


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "&lt;", "é\u2028", "]]>"])
def test_data_in_a_script_element_is_inert_and_the_same_once_read(text: str) -> None:
    written = inert({text: text})
    assert not re.search("[<>&]", written)
    assert json.loads(written) == {text: text}
