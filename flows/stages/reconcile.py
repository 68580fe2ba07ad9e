"""Reconcile: lake → schemas lake and reconciled of the build file, every fact about hours and money."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from hesuan.flows import code
from hesuan.flows.contract_number import MACRO as PLAIN_NUMBER
from hesuan.flows.intake.evidence import Intake
from hesuan.flows.lake.fate import FATE
from hesuan.flows.lake.hour import leave_hours, load_hours
from hesuan.flows.lake.loading import leave_in_lake, load_lake
from hesuan.flows.lake.redeclared import load_redeclared, redeclared_sets
from hesuan.flows.lake.rewritten import is_billable
from hesuan.flows.lake.volume import volumes
from hesuan.flows.occupancy.shared import Settled
from hesuan.flows.reference.unit import load_unit_tables
from hesuan.flows.spell.card import card_macros
from hesuan.flows.spell.loading import load_elsewhere
from hesuan.flows.warehouse import build, connect, whole
from hesuan.flows.workspace import clear
from hesuan.schemas.card import Card, cards_below
from hesuan.schemas.own_sql import carried_out
from hesuan.schemas.unit import unit_book

# Words that repeat a million times lie in the file as small numbers; they read and compare as text.
WORDS = """
    create type reconciled.matched_by as enum ('row', 'tenant', 'none');
"""
# How several people are written into one cell, and what is written behind a name.
# The dot within a name parts no names.
ANY_MARK = r"[^\p{L}\p{N}·•・]+|[及和与]"
LIST_MARK = "[、,，;；/|｜（）()]"
TITLES = "组长|副组长|专家|教授|副教授|研究员|副研究员|工程师|高工|主任|副主任|博士|老师|先生|女士"
# The day of an instant, in UTC seconds or as it is, and when a day begins: Asia/Shanghai has been UTC+8 without summer
# time since 1992.
# The seconds of a usage record that count, and its cards: of the current and of superseded versions.
# How many times a part goes into a sum; DuckDB divides 128 bits twenty times slower than 64. Hours as they are printed: four
# places, cut off, from exact card-seconds in units of 1/21000 card; and what such card-seconds are worth at a contract's
# sole price, cut to the cent. Whole millionths of an amount or ratio, widened first: DECIMAL(18, 6) times a whole number
# stays DECIMAL(18) and overflows. What is left of an amount when its share of a face value is taken off, cut to the cent.
MACROS = f"""{FATE}{card_macros("reconciled")}{PLAIN_NUMBER}
    create macro reconciled.local_day(at_s) as
        date '1970-01-01' + cast((at_s + 28800) // 86400 as integer);
    -- 第十四条“发放后当年有效”: issued when it takes effect (第十一条), and until then of the year applied for.
    create macro reconciled.issue_year(effective_at, applied_at) as
        cast(year(coalesce(effective_at, applied_at)) as integer);
    create macro reconciled.local_date(instant) as
        reconciled.local_day(epoch_us(instant) // 1000000);
    -- By its status, or by its negative amount: a sign that was lost, or a status that was not kept, makes no blue invoice.
    create macro reconciled.is_red_letter(status, gross_yuan) as
        status = 'red' or (status = 'normal' and gross_yuan < 0);
    -- Its mean lies below its greatest: of a card that idles or runs at its limit all along it does not.
    create macro reconciled.is_varied(power_millijoules, power_known_seconds, power_peak_watts) as
        power_millijoules < cast(power_peak_watts * 1000 as bigint) * power_known_seconds;
    create macro reconciled.midnight_s(day) as
        (day - date '1970-01-01') * 86400 - 28800;
    create macro reconciled.is_billable(state) as {is_billable("state")};
    create macro reconciled.counted_seconds(fate, start_s, end_s, export_s, idle_s, elapsed_seconds) as
        case fate
            -- Elapsed = End - Start - Suspended; where they differ the smaller counts (metering.md 3.3).
            when 'counted' then greatest(0, least(end_s - start_s - idle_s, coalesce(elapsed_seconds, end_s - start_s - idle_s)))
            -- least() passes over what is not known.
            when 'running' then greatest(0, least(export_s - start_s - idle_s, elapsed_seconds))
            else 0
        end;
    create macro reconciled.card_units(card_count, card_evidence, is_tracked, devices_per_card) as
        case
            -- The cast takes the nearest: of six places every unit comes back, 1/7 = 0.142857 as 3000.
            when card_evidence = 'ascend910' then cast(card_count * 21000 as bigint) // coalesce(devices_per_card, 1)
            when card_count is not null then cast(card_count * 21000 as bigint)
            when card_evidence = 'absent' and is_tracked then 0
        end;
    create macro reconciled.whole_times(amount, part) as
        coalesce(try_cast(amount as bigint) // part, cast(amount as hugeint) // part);
    -- What a column cannot hold stands as the most it can: a slip of the pen stops nobody else's night.
    create macro reconciled.at_most(amount, most) as
        case when amount > most then most when amount < -most then -most else amount end;
    create macro reconciled.gpu_hours(card_unit_seconds) as
        cast(cast(reconciled.at_most(reconciled.whole_times(card_unit_seconds, 7560), 999999999999999999)
            as decimal(18, 0)) * 0.0001::decimal(4, 4) as decimal(18, 4));
    create macro reconciled.card_hours(card_seconds) as
        reconciled.gpu_hours(cast(card_seconds as decimal(30, 6)) * 21000);
    create macro reconciled.worth(card_units, price_parts, parts_per_fen) as
        cast(cast(reconciled.at_most(card_units * price_parts // parts_per_fen, 9999999999999999)
            as decimal(16, 0)) * 0.01 as decimal(18, 2));
    create macro reconciled.millionths(amount) as
        cast(cast(amount as decimal(30, 10)) * 1000000 as hugeint);
    -- Twice a median of millionths of a yuan is a whole number.
    create macro reconciled.half_yuan(twice_millionths) as
        cast(cast(twice_millionths * 5 as decimal(17, 0)) * 0.0000001 as decimal(18, 7));
    create macro reconciled.plain_name(name) as translate(name, '（） 　', '()');
    create macro reconciled.ratio_cut(part, whole) as
        case when whole > 0 then
            cast(cast(cast(part as hugeint) * 10000 // cast(whole as hugeint) as decimal(18, 0)) * 0.0001::decimal(4, 4)
                as decimal(18, 4))
        end;
    create macro reconciled.share_left(amount, face, other) as
        case
            when other is null or face <= 0 then amount
            else cast(cast(amount * 100 as hugeint) * cast((face - least(face, greatest(0, other))) * 100 as hugeint)
                // cast(face * 100 as hugeint) as decimal(16, 0)) * 0.01::decimal(2, 2)
        end;
    -- A refused row has no columns, only its text: its cells, whatever parts them.
    create macro reconciled.words_of(raw) as
        list_distinct(regexp_split_to_array(raw, '[,;|\\t"{{}}<>\\[\\]:：；，\\s]+'));
    create macro reconciled.bare_name(said) as
        nullif(regexp_replace(lower(said), '[^\\p{{L}}\\p{{N}}]', '', 'g'), '');
    -- Every way in which the cell may be cut into names: by any mark, without titles too, and by the marks of a list alone.
    create macro reconciled.names_in(said) as
        list_distinct(list_concat(
            string_split_regex(lower(said), '{ANY_MARK}'),
            string_split_regex(regexp_replace(lower(said) || ' ', '({TITLES})+({ANY_MARK})', ' ', 'g'), '{ANY_MARK}'),
            string_split(
                regexp_replace(regexp_replace(lower(said), '{LIST_MARK}', chr(10), 'g'), '[^\\p{{L}}\\p{{N}}\\n]', '', 'g'),
                chr(10)
            )
        ));
"""


# What does not fit spills beside the build file: a year of samples of a large city is worked out in as much as a month.
MEMORY = "1500MB"


def sql_cards(folder: str, *, schema: str | None = None) -> dict[str, Card]:
    """The cards of a folder of flows/sql; they make relations of the schema of that name unless told otherwise."""
    return dict(_read_cards(folder, schema or folder))


@cache
def _read_cards(folder: str, schema: str) -> tuple[tuple[str, Card], ...]:
    """Read once in a process: a night asks for the same cards a hundred times."""
    return tuple(cards_below(files("hesuan.flows.sql") / folder, prefix=schema).items())


def run_id_of(intakes: list[Intake], policy: tuple[str, str], as_of: date | None) -> str:
    """From what went in, the policy (id, SHA-256) and the code; never from a clock. Twelve hexadecimal digits."""
    went_in = sorted(
        json.dumps([i.sha256, i.declaration, i.back_batch, *map(asdict, i.formers)], sort_keys=True)
        for i in intakes
    )
    day = "" if as_of is None else as_of.isoformat()
    whole = json.dumps([went_in, *policy, code.code_digest(), day])
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def reconcile(
    intakes: list[Intake],
    folders: list[Path],
    shared: list[Settled],
    compared: list[Path],
    work: Path,
    as_of: date | None,
    former_folders: Sequence[Path] = (),
) -> Path:
    """A fresh build file with schemas lake and reconciled; what a dead run left is cleared first.

    former_folders: one set for each of the intakes' former declarations, in their order.
    """
    clear(work)
    work.mkdir(parents=True)
    path = work / "build.duckdb"
    bound, cards = volumes(folders), sql_cards("reconciled")
    with connect(path, keep_order=False, memory=MEMORY) as connection, whole(connection):
        load_lake(connection, intakes, folders, bound, as_of)
        load_hours(connection, bound, shared, as_of)
        load_redeclared(connection, redeclared_sets(intakes, folders, former_folders), as_of)
        load_elsewhere(connection, compared)
        connection.execute("create schema reconciled")
        carried_out(connection, WORDS)
        carried_out(connection, MACROS)
        load_unit_tables(connection, unit_book())
        build(connection, cards)
        leave_in_lake(connection)
        leave_hours(connection, cards.values())
    return path


def anything_later(path: Path) -> bool:
    """Whether any fact was set aside because it is dated after the run's day."""
    with connect(path, read_only=True) as connection:
        return bool(connection.execute("select count(*) > 0 from lake.later").fetchall()[0][0])
