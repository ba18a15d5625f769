-- Search and order of names as people expect. A search ignores case, accents, Unicode form, punctuation and spaces. Lists by
-- name follow the root collation of CLDR: apple before Zebra, ä beside a.

-- Returns the folded form of a text: lower-case letters without accents, words separated by one space. Symbols that are not
-- punctuation, such as + and emoji, stay. NFKD decomposes letters; `translate` and `replace` cover letters that have no
-- decomposition.
CREATE FUNCTION search_fold(p_text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(CASE
        WHEN octet_length(p_text) = char_length(p_text) THEN lower(p_text COLLATE "und-x-icu")
        ELSE replace(replace(replace(replace(translate(
                 lower(regexp_replace(normalize(p_text, NFKD), '[\u0300-\u036f]+', '', 'g') COLLATE "und-x-icu"),
                 'øłđðħıŧ×', 'olddhitx'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
        END COLLATE "und-x-icu", '[[:punct:][:space:]]+', ' ', 'g'))
$$;

-- Returns the text of a name that a search compares: the folded words, the folded words joined, or the name itself.
CREATE FUNCTION search_text(p_name text, p_folded text, p_comparison text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE p_comparison WHEN 'words' THEN p_folded COLLATE "C"
                             WHEN 'joined' THEN replace(p_folded, ' ', '') COLLATE "C"
                             ELSE p_name COLLATE "C" END
$$;

DROP INDEX item_names_name_trgm_idx;
DROP INDEX item_names_name_idx;

-- The comparison of folded names byte by byte takes a sixth of the time of other collations.
ALTER TABLE item_names
    DROP COLUMN folded,
    ADD COLUMN folded text COLLATE "C" NOT NULL GENERATED ALWAYS AS (search_fold(name)) STORED;

-- Names by a part of three characters or more. Without spaces, one index serves both comparisons: by words, and of the joined
-- text.
CREATE INDEX item_names_joined_trgm_idx ON item_names USING gin (replace(folded, ' ', '') gin_trgm_ops);
-- Items in the order of their names.
CREATE INDEX item_names_name_idx ON item_names (name COLLATE "und-x-icu", item_id);
