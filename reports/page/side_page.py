"""The pages beside overview and dossiers: every finding, the providers, the rules, the data dictionary."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from hesuan.reports import press, published
from hesuan.reports.docket import Item
from hesuan.reports.edition import Edition
from hesuan.reports.page import address, dictionary_page, finding_list, provider_page, rule_page
from hesuan.reports.published import Row
from hesuan.reports.wording import word

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
    """An edition, and what every page is told."""

    edition: Edition
    shared: dict[str, Any]

    def page(
        self,
        address: str,
        template: str,
        context: dict[str, Any],
        *,
        scripts: tuple[str, ...] = (),
        layout: str = press.LANDSCAPE,
    ) -> Page:
        """A page beside the overview."""
        whole = self.shared | context
        return self.edition.page(address, template, whole, layout=layout, sheets=SHEET, scripts=scripts)

    def inner(
        self, address: str, template: str, context: dict[str, Any], *, layout: str = press.LANDSCAPE
    ) -> Page:
        """A page one folder further in; what is closed on it opens for printing."""
        return self.page(address, template, context, layout=layout, scripts=("page.js",))


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
    yield _finding_page(connection, printer, claims=claims, rules=rules, loose=loose)
    if printer.shared["provider_links"] or ("providers.html", "服务机构") in printer.shared["site"]:
        yield from _provider_pages(connection, printer, claims=claims, rules=rules)
    yield from _rule_pages(connection, printer, rules=rules, items=items)
    yield printer.page("dictionary.html", "dictionary.html.j2", dictionary_page.dictionary(connection))


def _finding_page(
    connection: duckdb.DuckDBPyConnection,
    printer: Printer,
    *,
    claims: list[Row],
    rules: dict[str, Row],
    loose: list[Item],
) -> Page:
    context = finding_list.finding_list(
        connection,
        claims=claims,
        rules=rules,
        links=printer.shared["links"],
        rule_links=printer.shared["rule_links"],
        lang=printer.edition.lang,
        places={item.finding["finding_id"]: item.anchor for item in loose},
    )
    scripts = ("page.js", "findings.js") if context["finding_total"] else ()
    return printer.page("findings.html", "findings.html.j2", context, scripts=scripts)


def _provider_pages(
    connection: duckdb.DuckDBPyConnection, printer: Printer, *, claims: list[Row], rules: dict[str, Row]
) -> Iterator[Page]:
    told = dict(provider_page.providers(connection, claims=claims, rules=rules))
    yield printer.page("providers.html", "providers.html.j2", {"listed": list(told.values())})
    for provider_id, context in told.items():
        yield printer.inner(printer.shared["provider_links"][provider_id], "provider.html.j2", context)


def _rule_pages(
    connection: duckdb.DuckDBPyConnection, printer: Printer, *, rules: dict[str, Row], items: list[Item]
) -> Iterator[Page]:
    said = {"actions": word.ACTIONS, "unknown_actions": word.UNKNOWN_ACTIONS}
    yield printer.page("rules.html", "rules.html.j2", {"listed": rule_page.rule_list(connection, rules)})
    for rule_id, context in rule_page.rule_pages(connection, rules=rules, items=items):
        link = printer.shared["rule_links"][rule_id]
        yield printer.inner(link, "rule.html.j2", context | said, layout=press.PORTRAIT)
