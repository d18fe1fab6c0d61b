"""Articles for an agent: found by what the customer said, in any form of the words."""

from pathlib import Path

import pytest

from kindline.calls.articles import Articles

TEXTS = {
    "roaming": "# Using your phone abroad\n\nInside the EU, roaming costs what it costs at home.",
    "broken-parcel": "# Parcels that arrive broken\n\nSend a label and refund the customer.",
    "levering": "# Leveringen die te laat komen\n\nZoek de bestelling op en bel de bezorger.",
    "moving": "# Moving house\n\nChange the address before the last invoice.",
}


@pytest.fixture
def articles(tmp_path: Path) -> Articles:
    """Return a folder of four."""
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.md").write_text(text, "utf-8")
    return Articles(tmp_path)


@pytest.mark.parametrize(
    ("said", "language", "found"),
    [
        ("My parcel arrived and it is all broken.", "en", ["broken-parcel"]),
        ("What will roaming cost me, going abroad?", "en", ["roaming"]),
        ("Mijn levering is al drie dagen te laat, waar is mijn bestelling?", "nl", ["levering"]),
        ("Good morning, how are you?", "en", []),
        ("parcel", "en", []),
        ('" OR * NEAR( "', "en", []),
    ],
)
def test_what_is_asked_is_found(
    articles: Articles, said: str, language: str, found: list[str]
) -> None:
    """Two words of an article bring it up, one or a greeting none; marks of a query are words."""
    assert [one.name for one in articles.about([said], language)] == found


def test_a_folder_is_read_anew(articles: Articles, tmp_path: Path) -> None:
    """What is written today is found today, what is deleted is not."""
    said = ["I lost the charger of my bicycle."]
    assert articles.about(said, "en") == []
    (tmp_path / "charger.md").write_text("# Lost chargers of a bicycle\n", "utf-8")
    assert [one.title for one in articles.about(said, "en")] == ["Lost chargers of a bicycle"]
    (tmp_path / "charger.md").unlink()
    assert (articles.about(said, "en"), articles.named("charger")) == ([], None)


def test_no_folder_holds_nothing() -> None:
    """Without a folder a desk suggests nothing."""
    assert Articles().about(["My parcel came broken."], "en") == []
