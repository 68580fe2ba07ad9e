"""What Slurm's TRES lists say about cards: `cpu=12,gres/gpu:a100=8,gres/gpu=8,node=1` → 8 cards, a100."""

import polars as pl

from hesuan.schemas.kind import CARDS

# One accelerator card each; shard and mps are shares of cards, whose number a TRES list does not say.
CARD = r"(?i)^gres/(gpu|npu|dcu|mlu)(?::([^=]*))?(?:=(.*))?$"
# slurm.conf(5), TRES: what is counted besides cpu and gres.
OTHER = r"(?:^|,)(?:billing|energy|mem|node|pages|vmem|(?:fs|bb|ic|license)/[^=,]*)=[^,]*"
# Database dumps name TRES by id; ids from 1001 on are generic resources, of which we cannot say which.
CARD_MENTION = (
    r"(?i)gres[/:](?:gpu|npu|dcu|mlu|shard|mps|xpu|gcu|hcu|ppu|accel\w*|ascend\w*)\b|(?:^|,)1\d{3}="
)
SHARES = r"(?i)gres/(?:shard|mps)\b"
# A type that is a slice of a card, as 1g.5gb, a100_3g.20gb and A100-1g.10gb: how many cards it comes to is not said.
SLICE = r"(?i)(?:^|[^0-9a-z])\d+g\.\d+gb"
# Options of sbatch, srun and salloc that ask for cards; `--gres=none` asks for none.
CARD_FLAGS = r"(?:^|\s)(?:--gpus(?:-per-(?:node|task|socket))?[=\s]|--gres[=\s]|-G\s*[=\w])"
NO_CARD_FLAG = r"--gres[=\s]none\b"


def cards_of(lists: pl.Series) -> pl.DataFrame:
    """What each TRES list says about cards, in the order given; job totals, not per node.

    card_count: per kind of card the untyped count if there is one, else the sum of the typed ones (Slurm
    writes both), then the sum over kinds; null where the list names no cards, slices of cards, or
    none beside shares of cards.
    device_model: the one typed name, where it covers all cards.
    cards_unreadable: a count that is no whole number or does not fit.
    mentions_cards: cards or shares of cards are spoken of. tres_cpu: cores.
    Source: slurm.conf(5), AccountingStorageTRES; metering.md §2.1.
    """
    # Memory and energy make nearly every list another one; without them few are left to read.
    told = lists.str.replace_all(OTHER, "").alias("told").to_frame()
    distinct = told.unique()
    meanings = distinct.join(_cards(distinct), on="told", how="left").with_columns(
        mentions_cards=pl.col("told").str.contains(CARD_MENTION),
        tres_cpu=pl.col("told").str.extract(r"(?:^|,)cpu=(\d{1,12})(?:,|$)").cast(pl.Int64),
    )
    return told.join(meanings, on="told", how="left", maintain_order="left").drop("told")


def mention_of(lists: pl.Series) -> pl.DataFrame:
    """asks_cards: the list speaks of cards or shares of cards."""
    return lists.str.contains(CARD_MENTION).alias("asks_cards").to_frame()


def _cards(distinct: pl.DataFrame) -> pl.DataFrame:
    """One row per list that names cards: card_count, device_model, cards_unreadable."""
    totals = (
        _per_kind(distinct)
        .group_by("told")
        .agg(
            pl.col("counted").sum(),
            pl.col("typed").sum(),
            pl.col("models").list.explode().drop_nulls().unique().alias("models"),
            pl.col("unread").any(),
        )
    )
    count = pl.col("counted").cast(CARDS.dtype, strict=False)
    is_sliced = pl.col("models").list.eval(pl.element().str.contains(SLICE)).list.any()
    # No whole card beside shares of cards: how much of a card that is, is not said.
    is_shared = (count == 0) & pl.col("told").str.contains(SHARES)
    covered = (pl.col("models").list.len() == 1) & (pl.col("typed") == pl.col("counted"))
    return totals.select(
        "told",
        card_count=pl.when(~pl.col("unread") & ~is_sliced & ~is_shared).then(count),
        device_model=pl.when(covered).then(pl.col("models").list.first()),
        cards_unreadable=pl.col("unread") | count.is_null(),
    )


def _per_kind(distinct: pl.DataFrame) -> pl.DataFrame:
    """One row per list and kind of card: counted, typed, models, unread."""
    named = pl.col("item").str.extract_groups(CARD).struct
    items = (
        distinct.with_columns(item=pl.col("told").str.split(","))
        .explode("item")
        .select(
            "told",
            kind=named.field("1").str.to_lowercase(),
            model=named.field("2"),
            count=pl.when(named.field("3").str.contains(r"^\d{1,12}$")).then(named.field("3")).cast(pl.Int64),
        )
        .filter(pl.col("kind").is_not_null())
    )
    untyped = pl.col("count").filter(pl.col("model").is_null())
    typed = pl.col("count").filter(pl.col("model").is_not_null())
    return items.group_by("told", "kind").agg(
        counted=pl.when(untyped.len() > 0).then(untyped.first()).otherwise(typed.sum()),
        typed=typed.sum(),
        models=pl.col("model").unique(),
        unread=pl.col("count").is_null().any(),
    )
