"""`learn`: what people's answers make of the policy book."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from binwatch.adapters.ledger_answers import LedgerAnswers
from binwatch.feedback import LEAST_ANSWERS, Beta, Stratum, label_csv
from binwatch.learning import Answers, Findings, Lesson, SiteLesson, taught
from binwatch.learning import learn as learn_from
from binwatch_local import stack
from binwatch_local.answers_file import FileAnswers, moment
from binwatch_local.commands import options
from binwatch_local.console import err, out
from binwatch_local.home import Home
from binwatch_local.policies import Book, Parameter, read, read_file

a_file = click.Path(exists=True, dir_okay=False, path_type=Path)
a_new_file = click.Path(dir_okay=False, path_type=Path)


def _since(_: click.Context, __: click.Parameter, value: str | None) -> str:
    try:
        return moment(value) if value else ""
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no day and no time, as in 2026-11-20.") from error


@click.command()
@click.option(
    "--answers", "answers_file", type=a_file, help="Answers in CSV or JSON.  [default: the stack's]"
)
@click.option("--book", "book_file", type=a_file, help="The policy book as it is.  [default: the stack's]")
@click.option("--since", callback=_since, help="Only what was answered later: where the last lesson ended.")
@click.option("--write", "write_file", type=a_new_file, help="Write the policy book as it should be.")
@click.option(
    "--labels", "labels_file", type=a_new_file, help="Write labels for `bincount prepare --labels`."
)
@options.as_json
def learn(
    answers_file: Path | None,
    book_file: Path | None,
    since: str,
    write_file: Path | None,
    labels_file: Path | None,
    as_json: bool,
) -> None:
    """Show what people's answers teach: how rare wrong records are, by how much they are wrong, and labels.

    Before is what the policy book says, after is what it should say. Nothing is applied: --write makes a book
    for `binwatch policies set`. With --answers and --book no stack is needed.
    """
    answers, book = _sources(answers_file, book_file)
    written = [options.output(each) for each in (write_file, labels_file) if each]
    found = answers.since(since)
    lesson = learn_from(book.book, found)
    if write_file:
        after = json.dumps(taught(book.values, lesson), indent=2, ensure_ascii=False)
        read(after, str(write_file))  # whatever is written, `policies set` takes
        write_file.write_text(after + "\n", encoding="utf-8")
    if labels_file:
        labels_file.write_text(label_csv(found.answers), encoding="utf-8")
    if as_json:
        told = {**_to_json(found, lesson), "written": [str(each) for each in written]}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    _show(found, lesson)
    for each in written:
        err.print(f"Written: {each}")
    if write_file:
        err.print(f"Nothing is applied yet: `binwatch policies set {write_file}`.")
    if lesson.newest:
        err.print(f"An answer teaches once; the next time say `--since {lesson.newest}`.")


def _sources(answers_file: Path | None, book_file: Path | None) -> tuple[Answers, Book]:
    if answers_file and book_file:
        return FileAnswers(answers_file), read_file(book_file)
    found = stack.find(Home.from_env())
    parameter = Parameter(found.policies)
    book = read_file(book_file) if book_file else read(parameter.read().text, parameter.name)
    return FileAnswers(answers_file) if answers_file else LedgerAnswers(found.table), book


def _show(found: Findings, lesson: Lesson) -> None:
    if found.unreadable:
        err.print(f"Note: {found.unreadable} stored answers cannot be read, and teach nothing.")
    if not lesson.sites:
        out.print("No answers yet: nothing to learn.")
        return
    table = Table(header_style="bold")
    for column in ("site", "value", "before", "after", "from"):
        table.add_column(column)
    for each in lesson.sites:
        alerted = _shown(each.alerted) if each.is_whole else "how many bins is not known"
        source = f"audited: {_shown(each.others)}\nalerted: {alerted}"
        table.add_row(each.site, "pi", _share(each.rate_before), _share(each.rate_after), source)
        for items, before, after in _moved(each):
            table.add_row("", f"D({items:+d})", f"{before:.4f}", f"{after:.4f}")
    audited = sum(each.drawn for each in found.answers)
    heat = "unknown" if lesson.temperature is None else f"{lesson.temperature:.2f}"
    table.add_row("all", "temperature", "1.00", heat, f"{audited} audited bins; {LEAST_ANSWERS} needed")
    out.print(table)
    if lesson.temperature is not None:
        sure = "too sure" if lesson.temperature > 1 else "not sure enough"
        err.print(
            f"The counter is {sure}. The policy book cannot mend that: calibrate it anew with --labels."
        )


def _shown(stratum: Stratum) -> str:
    if not stratum.bins:
        return "no bin"
    return f"{stratum.wrong} of {stratum.answered} wrong, of {stratum.bins} bins"


def _share(beta: Beta) -> str:
    return f"{beta.mean:.4f} ± {beta.variance**0.5:.4f}"


def _moved(lesson: SiteLesson) -> Iterator[tuple[int, float, float]]:
    """The differences to which the law gives another probability now."""
    for items in sorted({*lesson.law_before, *lesson.law_after}):
        before, after = lesson.law_before.get(items, 0.0), lesson.law_after.get(items, 0.0)
        if before != after:
            yield items, before, after


def _to_json(found: Findings, lesson: Lesson) -> dict[str, Any]:
    return {
        "answers": len(found.answers),
        "unreadable": found.unreadable,
        "newest": lesson.newest,
        "sites": [_site_to_json(each) for each in lesson.sites],
        "temperature": {"before": 1.0, "after": lesson.temperature, "least_audited": LEAST_ANSWERS},
    }


def _site_to_json(lesson: SiteLesson) -> dict[str, Any]:
    rates = {"before": lesson.rate_before, "after": lesson.rate_after}
    laws: dict[str, Mapping[int, float]] = {"before": lesson.law_before, "after": lesson.law_after}
    return {
        "site": lesson.site,
        "alerted": asdict(lesson.alerted),
        "others": asdict(lesson.others),
        "discrepancy_rate": {
            name: {"mean": beta.mean, "sd": beta.variance**0.5, "alpha": beta.alpha, "beta": beta.beta}
            for name, beta in rates.items()
        },
        "law": {name: {str(items): p for items, p in law.items()} for name, law in laws.items()},
    }
