"""The pages beside overview and dossiers: every finding, the providers, the rules, the data dictionary."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
from jinja2 import Environment

from hesuan.reports import (
    address,
    dictionary_page,
    finding_list,
    press,
    provider_page,
    published,
    rule_page,
    word,
)
from hesuan.reports.docket import Item
from hesuan.reports.published import Row

# Address and title of what stands in the head of every page.
SITE = (
    ("index.html", "总览"),
    ("findings.html", "核验发现"),
    ("providers.html", "服务机构"),
    ("rules.html", "规则"),
    ("dictionary.html", "数据字典"),
)
SHEET = ("pages.css",)
Page = tuple[str, bytes]


@dataclass(frozen=True)
class Printer:
    """The press, and what every page is told."""

    environment: Environment
    shared: dict[str, Any]

    def page(
        self,
        template: str,
        context: dict[str, Any],
        *,
        scripts: tuple[str, ...] = (),
        layout: str = press.LANDSCAPE,
    ) -> bytes:
        """A page beside the overview."""
        whole = {"root": ""} | self.shared | context
        return press.page(self.environment, template, layout=layout, sheets=SHEET, scripts=scripts, **whole)

    def inner(self, template: str, context: dict[str, Any], *, layout: str = press.LANDSCAPE) -> bytes:
        """A page one folder further in; what is closed on it opens for printing."""
        return self.page(template, {"root": "../"} | context, layout=layout, scripts=("page.js",))


def addresses(connection: duckdb.DuckDBPyConnection, rules: dict[str, Row]) -> dict[str, Any]:
    """What the head of every page links to; a published file of an older version has no page of a provider."""
    has_providers = published.is_published(connection, published.PROVIDER.name)
    providers = provider_page.listed_providers(connection) if has_providers else {}
    return {
        "site": [entry for entry in SITE if has_providers or entry[0] != "providers.html"],
        "rule_links": address.links("rule/", address.page_names(rules)),
        "provider_links": address.links("provider/", address.page_names(providers)),
    }


def pages(
    connection: duckdb.DuckDBPyConnection,
    printer: Printer,
    *,
    claims: list[Row],
    rules: dict[str, Row],
    items: list[Item],
    loose: list[Item],
) -> Iterator[Page]:
    """Name below the report's folder, and the page."""
    yield "findings.html", _finding_page(connection, printer, claims=claims, rules=rules, loose=loose)
    if printer.shared["provider_links"] or ("providers.html", "服务机构") in printer.shared["site"]:
        yield from _provider_pages(connection, printer, claims=claims, rules=rules)
    yield from _rule_pages(connection, printer, rules=rules, items=items)
    yield "dictionary.html", printer.page("dictionary.html.j2", dictionary_page.dictionary(connection))


def _finding_page(
    connection: duckdb.DuckDBPyConnection,
    printer: Printer,
    *,
    claims: list[Row],
    rules: dict[str, Row],
    loose: list[Item],
) -> bytes:
    context = finding_list.finding_list(
        connection,
        claims=claims,
        rules=rules,
        links=printer.shared["links"],
        rule_links=printer.shared["rule_links"],
        places={item.finding["finding_id"]: item.anchor for item in loose},
    )
    return printer.page(
        "findings.html.j2", context, scripts=("page.js", "findings.js") if context["finding_total"] else ()
    )


def _provider_pages(
    connection: duckdb.DuckDBPyConnection, printer: Printer, *, claims: list[Row], rules: dict[str, Row]
) -> Iterator[Page]:
    told = dict(provider_page.providers(connection, claims=claims, rules=rules))
    names = address.page_names(told)
    yield "providers.html", printer.page("providers.html.j2", {"listed": list(told.values())})
    for provider_id, context in told.items():
        yield f"provider/{names[provider_id]}", printer.inner("provider.html.j2", context)


def _rule_pages(
    connection: duckdb.DuckDBPyConnection, printer: Printer, *, rules: dict[str, Row], items: list[Item]
) -> Iterator[Page]:
    names = address.page_names(rules)
    said = {"actions": word.ACTIONS, "unknown_actions": word.UNKNOWN_ACTIONS}
    yield "rules.html", printer.page("rules.html.j2", {"listed": rule_page.rule_list(connection, rules)})
    for rule_id, context in rule_page.rule_pages(connection, rules=rules, items=items):
        yield f"rule/{names[rule_id]}", printer.inner("rule.html.j2", context | said, layout=press.PORTRAIT)
