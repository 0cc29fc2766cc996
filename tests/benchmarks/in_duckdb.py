"""The table of students as DuckDB computes it, reading the same file through ADBC and Arrow: what
the report is measured against. A program: database, the pack's fact ids (JSON), CSV to write."""

import json
import sys

import adbc_driver_sqlite.dbapi as adbc
import duckdb

TABLES = {
    "m": "SELECT id, discussion_id, member_id, sent_at, parent_id, role, deleted_at, channel_id,"
    " thread, words, words_raw, characters, attachments FROM messages WHERE member_id IS NOT NULL",
    "d": "SELECT id, opened_at, withdrawn_at FROM discussions",
    "p": "SELECT discussion_id, max(closed_at) AS closed_at FROM periods GROUP BY discussion_id",
    "a": "SELECT account_id, member_id FROM member_accounts",
    "people": "SELECT a.member_id, i.ref, i.name FROM member_accounts a"
    " JOIN identities i ON i.account_id = a.account_id",
    "mentions": "SELECT message_id, account_id FROM mentions",
    "evidence": "SELECT message_id, named FROM evidence",
    "reactions": "SELECT message_id, account_id FROM reactions WHERE present",
}
QUERY = """
CREATE TEMP TABLE c AS
    SELECT m.*, d.opened_at FROM m JOIN d ON d.id = m.discussion_id
    JOIN p ON p.discussion_id = m.discussion_id
    WHERE m.role = 'student' AND m.deleted_at IS NULL AND d.withdrawn_at IS NULL
      AND (p.closed_at IS NULL OR m.sent_at <= p.closed_at);
CREATE TEMP TABLE r AS
    SELECT c.member_id, heard.member_id AS other FROM c
    LEFT JOIN m AS parent ON parent.id = c.parent_id
    LEFT JOIN c AS heard ON heard.id = c.parent_id
    WHERE c.parent_id IS NOT NULL
      AND (parent.id IS NULL OR (parent.role = 'student' AND parent.member_id <> c.member_id));
CREATE TEMP TABLE spans AS
    SELECT channel_id, thread, member_id, min(row(sent_at, id)) AS first,
        max(row(sent_at, id)) AS last
    FROM c GROUP BY ALL;
CREATE TEMP TABLE result AS
WITH
    sums AS (SELECT member_id, count(DISTINCT discussion_id) AS discussions_joined,
        count(*) AS messages, sum(words) AS words, sum(words_raw) AS words_raw,
        sum(characters) AS characters, sum(attachments) AS attachments,
        count(DISTINCT (sent_at - CASE WHEN sent_at < 1772953200000000 THEN 18000000000
            ELSE 14400000000 END) // 86400000000) AS active_days,
        min(sent_at) AS first, max(sent_at) AS last FROM c GROUP BY member_id),
    directions AS (SELECT member_id, count(*) AS replies, count(DISTINCT other) AS peers_root
        FROM r GROUP BY member_id),
    received AS (SELECT other AS member_id, count(*) AS replies_received,
        count(DISTINCT member_id) AS answered_by FROM r WHERE other IS NOT NULL GROUP BY other),
    pairs AS (SELECT DISTINCT late.member_id, early.member_id AS other
        FROM spans AS late JOIN spans AS early USING (channel_id, thread)
        WHERE early.first < late.last AND early.member_id <> late.member_id),
    threads AS (SELECT member_id, count(*) AS peers_thread FROM pairs GROUP BY member_id),
    named AS (SELECT c.member_id, count(DISTINCT a.member_id) AS peers_named
        FROM mentions JOIN c ON c.id = mentions.message_id JOIN a USING (account_id)
        WHERE a.member_id <> c.member_id GROUP BY c.member_id),
    cited AS (SELECT c.member_id,
        count(DISTINCT named) FILTER (named IN (SELECT unnest($facts))) AS facts_cited,
        coalesce(array_to_string(list_transform(list_sort(
            list(DISTINCT TRY_CAST(named[2:] AS INTEGER))
                FILTER (named IN (SELECT unnest($facts)))),
            lambda n: 'F' || n), ' '), '') AS facts,
        count(DISTINCT named) FILTER (starts_with(named, 'link:')) AS links
        FROM evidence JOIN c ON c.id = evidence.message_id GROUP BY c.member_id),
    given AS (SELECT a.member_id, count(*) AS reactions_given
        FROM reactions JOIN c ON c.id = message_id JOIN a USING (account_id)
        WHERE a.member_id <> c.member_id GROUP BY a.member_id),
    got AS (SELECT c.member_id, count(*) AS reactions_received
        FROM reactions JOIN c ON c.id = message_id JOIN a USING (account_id)
        WHERE a.member_id <> c.member_id GROUP BY c.member_id),
    waits AS (SELECT member_id, median(hours) AS hours_to_first FROM
        (SELECT member_id, greatest(0, (min(sent_at) - min(opened_at)) / 3600000000.0) AS hours
         FROM c GROUP BY member_id, discussion_id) GROUP BY member_id)
SELECT people.ref AS member, people.name, (SELECT count(*) FROM d) AS discussions_open,
    sums.* EXCLUDE (member_id), sums.messages - coalesce(directions.replies, 0) AS posts,
    directions.* EXCLUDE (member_id), received.* EXCLUDE (member_id),
    threads.* EXCLUDE (member_id), named.* EXCLUDE (member_id),
    cited.* EXCLUDE (member_id), given.* EXCLUDE (member_id),
    got.* EXCLUDE (member_id), round(hours_to_first, 2) AS hours_to_first
FROM people LEFT JOIN sums USING (member_id) LEFT JOIN directions USING (member_id)
    LEFT JOIN received USING (member_id) LEFT JOIN threads USING (member_id)
    LEFT JOIN named USING (member_id) LEFT JOIN cited USING (member_id)
    LEFT JOIN given USING (member_id) LEFT JOIN got USING (member_id)
    LEFT JOIN waits USING (member_id)
ORDER BY people.name;
"""


def main(database: str, facts: str, output: str) -> None:
    result = duckdb.connect()
    with adbc.connect(f"file:{database}?mode=ro") as source:
        for name, query in TABLES.items():
            with source.cursor() as cursor:
                cursor.execute(query)
                result.register(name, cursor.fetch_arrow_table())
    *steps, last = [step for step in QUERY.split(";") if step.strip()]
    for step in steps:
        result.execute(step)
    result.execute(last, {"facts": json.loads(facts)})
    result.sql("SELECT * FROM result").write_csv(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
