"""
How much of what identifies people is blotted out, by kind, language and way of saying it?

    python bench/redaction.py

Numbers are made with right check digits and put into sentences: written, written in groups, said
digit by digit, said in pairs, as ASR writes it. Number words come from rules of this file alone.
Names, addresses and e-mails stand in bench/redaction.toml. Recall is over characters marked to go
(every one must be blotted for a hit); `too_much` is the share of characters blotted in lines of the
test split of the corpus that hold nothing but names. It also says how often a label changes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
import json
from pathlib import Path
import random
import re
import time
import tomllib

from stdnum import luhn
from stdnum.fr import nir
from stdnum.iso7064 import mod_97_10
from stdnum.nl import bsn

from kindline.analysis import analyse_all
from kindline.ingest.plain import conversation_from
from kindline.model.analysis import NEEDS
from kindline.model.conversation import Blot, Conversation
from kindline.policy import profile
from kindline.redaction.hidden import BLOT, blots_in, blotted, redacted
from kindline.redaction.taj import check_digit

ROOT = Path(__file__).resolve().parents[1]
N_EACH = 30
CHANCE = random.Random(11)  # noqa: S311 -- made-up numbers
LANGUAGES = ("nl", "hu", "fr", "en")
NOW = datetime.now(UTC)


def main() -> None:
    """Print one JSON object with every figure."""
    told = tomllib.loads((ROOT / "bench" / "redaction.toml").read_text("utf-8"))
    recall: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        found: dict[str, list[bool]] = defaultdict(list)
        for kind, text in lines(language, told[language]):
            found[kind].append(is_gone(text, partial(blots_in, language=language)))
        recall[language] = {
            kind: f"{sum(hits)}/{len(hits)}" for kind, hits in sorted(found.items())
        }
    print(json.dumps({"recall": recall, **_corpus()}, indent=1, ensure_ascii=False))


def is_gone(marked: str, find: Callable[[str], Sequence[Blot]]) -> bool:
    """
    Return whether every marked character is blotted out, in the line as it is said.

    The hard case: nothing was asked for before.
    """
    plain = marked.replace("[[", "").replace("]]", "")
    start = marked.index("[[")
    end = start + len(re.search(r"\[\[(.*?)\]\]", marked).group(1))  # type: ignore[union-attr]
    out = blotted(plain, find(plain))
    return all(char == BLOT or not char.isalnum() for char in out[start:end])


def lines(language: str, told: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Return lines with what must go in double brackets, by kind and way of saying it."""
    for kind, number in NUMBERS[language].items():
        for _ in range(N_EACH):
            value, groups = number()
            for way, said in _ways(value, groups, language):
                carrier = CHANCE.choice(told["carriers"])
                yield f"{kind}, {way}", carrier.replace("{x}", f"[[{said}]]")
    for _ in range(N_EACH):
        for way, said in _dates(language):
            yield f"birth, {way}", CHANCE.choice(told["birth"]).replace("{x}", f"[[{said}]]")
    for kind in ("names", "postal", "email"):
        for line in told[kind]:
            yield kind, line


def _ways(value: str, groups: tuple[int, ...], language: str) -> Iterator[tuple[str, str]]:
    yield "written", value
    parts, place = [], 0
    for size in groups:
        parts.append(value[place : place + size])
        place += size
    yield "in groups", " ".join(parts)
    words = [_word(int(char), language) if char.isdigit() else char for char in value]
    yield "said, by digit", " ".join(words)
    if value.isdigit():
        yield "said, in pairs", " ".join(_pairs(value, language))


def _pairs(value: str, language: str) -> Iterator[str]:
    for start in range(0, len(value), 2):
        pair = value[start : start + 2]
        if pair[0] == "0" or len(pair) == 1:
            yield from (_word(int(char), language) for char in pair)
        else:
            yield _word(int(pair), language)


_UNITS = {
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien "
    "vijftien zestien zeventien achttien negentien",
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
    "seize dix-sept dix-huit dix-neuf",
    "hu": "nulla egy kettő három négy öt hat hét nyolc kilenc tíz tizenegy tizenkettő tizenhárom "
    "tizennégy tizenöt tizenhat tizenhét tizennyolc tizenkilenc",
}
_TENS = {
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "fr": "vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt",
    "hu": "húsz harminc negyven ötven hatvan hetven nyolcvan kilencven",
}
UNITS = {language: words.split() for language, words in _UNITS.items()}
TENS = {language: words.split() for language, words in _TENS.items()}


def _word(value: int, language: str) -> str:
    """Return a number below a hundred as it is said."""
    units, tens = UNITS[language], TENS[language]
    if value < len(units):
        return units[value]
    ten, unit = divmod(value, 10)
    return _JOINED[language](tens[ten - 2], ten, unit, units)


def _dutch(word: str, _ten: int, unit: int, units: list[str]) -> str:
    between = "ën" if units[unit].endswith("e") else "en"
    return f"{units[unit]}{between}{word}" if unit else word


def _english(word: str, _ten: int, unit: int, units: list[str]) -> str:
    return f"{word}{CHANCE.choice('- ')}{units[unit]}" if unit else word


def _french(word: str, ten: int, unit: int, units: list[str]) -> str:
    unit += 10 * (ten in (7, 9))
    if unit == 0:
        return f"{word}s" if word == "quatre-vingt" else word
    joined = " et " if unit in (1, 11) and word != "quatre-vingt" else "-"
    return f"{word}{joined}{units[unit]}"


def _hungarian(word: str, _ten: int, unit: int, units: list[str]) -> str:
    return f"{'huszon' if word == 'húsz' else word}{units[unit]}" if unit else word


_JOINED = {"nl": _dutch, "en": _english, "fr": _french, "hu": _hungarian}


MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "hu": "január február március április május június július augusztus szeptember október "
    "november december",
}


def _dates(language: str) -> Iterator[tuple[str, str]]:
    born = date(CHANCE.randint(1930, 2004), CHANCE.randint(1, 12), CHANCE.randint(1, 28))
    month = MONTHS[language].split()[born.month - 1]
    is_old, last = born.year < MILLENNIUM, born.year % 100
    day = _word(born.day, language)
    if language == "hu":
        yield "written", f"{born.year}. {born.month:02}. {born.day:02}."
        yield "by month", f"{born.year}. {month} {born.day}."
        hundreds = "ezerkilencszáz" if is_old else "kétezer"
        yield "said", f"{hundreds}{_word(last, language) if last else ''} {month} {day}"
        return
    yield "written", f"{born.day:02}-{born.month:02}-{born.year}"
    yield "by month", f"{born.day} {month} {born.year}"
    old, new = CENTURIES[language]
    yield "said", f"{day} {month} {old if is_old else new} {_word(last, language)}"


MILLENNIUM = 2000
CENTURIES = {
    "nl": ("negentien", "tweeduizend"),
    "en": ("nineteen", "two thousand"),
    "fr": ("mille neuf cent", "deux mille"),
}


def _digits(n: int) -> str:
    return "".join(CHANCE.choice("0123456789") for _ in range(n))


Number = Callable[[], tuple[str, tuple[int, ...]]]


def _card() -> tuple[str, tuple[int, ...]]:
    first = CHANCE.choice("45") + _digits(14)
    return first + luhn.calc_check_digit(first), (4, 4, 4, 4)


def _iban(country: str, shape: str) -> Number:
    def made() -> tuple[str, tuple[int, ...]]:
        rest = "".join(
            CHANCE.choice("ABCDEGHKLMNRST") if char == "a" else CHANCE.choice("0123456789")
            for char in shape
        )
        check = mod_97_10.calc_check_digits(rest + country)
        value = f"{country}{check}{rest}"
        return value, tuple([4] * (len(value) // 4) + ([len(value) % 4] if len(value) % 4 else []))

    return made


def _bsn() -> tuple[str, tuple[int, ...]]:
    while not bsn.is_valid(value := CHANCE.choice("123456789") + _digits(8)):
        pass
    return value, (4, 2, 3)


def _taj() -> tuple[str, tuple[int, ...]]:
    first = CHANCE.choice("01") + _digits(7)
    return first + check_digit(first), (3, 3, 3)


def _nir() -> tuple[str, tuple[int, ...]]:
    first = CHANCE.choice("12") + f"{CHANCE.randint(30, 99)}{CHANCE.randint(1, 12):02}"
    first += f"{CHANCE.randint(1, 95):02}{CHANCE.randint(1, 990):03}{CHANCE.randint(1, 999):03}"
    if first[5:7] == "20":
        return _nir()
    return first + nir.calc_check_digits(first), (1, 2, 2, 2, 3, 3, 2)


def _nino() -> tuple[str, tuple[int, ...]]:
    letters = CHANCE.choice(("AB", "CE", "HJ", "LM", "PR", "SW", "TY"))
    return f"{letters}{_digits(6)}{CHANCE.choice('ABCD')}", (2, 2, 2, 2, 1)


def _phone(start: str, n: int, groups: tuple[int, ...]) -> Number:
    return lambda: (start + CHANCE.choice("23456789") + _digits(n - 1), groups)


NUMBERS: dict[str, dict[str, Number]] = {
    "nl": {
        "card": _card,
        "iban": _iban("NL", "aaaa0000000000"),
        "bsn": _bsn,
        "phone": _phone("06", 8, (2, 2, 2, 2, 2)),
    },
    "hu": {
        "card": _card,
        "iban": _iban("HU", "0" * 24),
        "taj": _taj,
        "phone": _phone("0630", 7, (2, 2, 3, 4)),
    },
    "fr": {
        "card": _card,
        "iban": _iban("FR", "0" * 23),
        "nir": _nir,
        "phone": _phone("06", 8, (2, 2, 2, 2, 2)),
    },
    "en": {
        "card": _card,
        "iban": _iban("GB", "aaaa00000000000000"),
        "nino": _nino,
        "phone": _phone("077", 8, (5, 3, 3)),
    },
}


def _corpus() -> dict[str, object]:
    """Return what redaction costs: characters, time, labels that change."""
    told: dict[str, object] = {}
    for language in LANGUAGES:
        path = ROOT / "corpus" / language / "conversations.jsonl"
        items = [json.loads(line) | {"lawful_basis": "consent"} for line in path.open("rb")]
        given = [conversation_from(item, source="corpus", record="1") for item in items]
        start = time.perf_counter()
        after = [redacted(one, language) for one in given]
        seconds = time.perf_counter() - start
        turns = [turn for one in after for turn in one.turns]
        blots = [blot for turn in turns for blot in turn.blots]
        told[language] = {
            "n_turns": len(turns),
            "characters_blotted": round(
                sum(blot.end - blot.start for blot in blots)
                / sum(len(turn.text) for turn in turns),
                4,
            ),
            "microseconds_a_turn": round(1e6 * seconds / len(turns)),
            "labels_changed": _changed(given, after),
        }
    return {"corpus": told}


def _length(blots: list[Blot]) -> int:
    return sum(blot.end - blot.start for blot in blots)


def _changed(before: list[Conversation], after: list[Conversation]) -> str:
    """Return how many of the labels of all conversations change by redaction."""
    rules = profile()
    pairs = zip(
        analyse_all(before, rules, declared=None, now=NOW),
        analyse_all(after, rules, declared=None, now=NOW),
        strict=True,
    )
    states = [
        (one.need(need).state, other.need(need).state) for one, other in pairs for need in NEEDS
    ]
    return f"{sum(one != other for one, other in states)}/{len(states)}"


if __name__ == "__main__":
    main()
