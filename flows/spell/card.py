"""A card by its name: which card a device is, whether its name looks like the only one in the world, and its slot."""

# A slot is the first 32 bits of the MD5 of a card's name: the same in every version of every program.
SLOTS = 2**32
SLOT = "cast('0x' || left(md5(card), 8) as bigint)"


def card_macros(schema: str) -> str:
    """SQL that makes card_of and is_global in a schema.

    card_of: the card that a device is, or is a part of: MIG-GPU-<card>/… names it. is_global: sixteen or more
    hexadecimal digits beside the prefix, and more than four different ones.
    """
    return f"""
    create macro {schema}.card_of(device_uuid) as
        lower(coalesce(nullif(regexp_extract(device_uuid, '^MIG-(GPU-[^/]+)', 1), ''), device_uuid));
    create macro {schema}.card_digits(card) as
        replace(regexp_replace(card, '^[a-z]+-', ''), '-', '');
    create macro {schema}.is_global(card) as
        regexp_matches({schema}.card_digits(card), '^[0-9a-f]{{16,}}$')
            and len(list_distinct(string_split({schema}.card_digits(card), ''))) > 4;
    """


# One unbroken spell of days that follow on one another, per provider, card and kind. Rows may not repeat: their order is
# total.
UNBROKEN = """
    marked as (
        select
            *,
            coalesce(
                from_day > 1 + max(to_day) over (
                    partition by provider_id, card, is_record
                    order by from_day, to_day
                    rows between unbounded preceding and 1 preceding
                ),
                true
            ) as is_new,
        from spells
    ),
    numbered as (
        select
            *,
            count(*) filter (where is_new) over (
                partition by provider_id, card, is_record
                order by from_day, to_day
                rows between unbounded preceding and current row
            ) as spell_no,
        from marked
    ),
    unbroken as (
        select slot, card, provider_id, is_record, min(from_day) as from_day, max(to_day) as to_day
        from numbered
        group by slot, card, provider_id, is_record, spell_no
    )
"""
