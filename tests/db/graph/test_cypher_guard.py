"""What may be typed in, what may not, and that what may also runs on the embedded engine."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midspan.db.graph.cypher_guard import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_TOKENS,
    MAX_UNIONS,
    check_read_only,
    tokenize,
)
from midspan.db.graph.process import GraphProcess
from midspan.errors import CypherRefused

READS = [
    "MATCH (n) RETURN n LIMIT 5",
    "MATCH (n) RETURN n LIMIT 5;",
    "match (n:Entity) return n.name order by n.name desc skip 1 limit 2",
    "MATCH (n:Entity {uid: 'wd:Q1'}) RETURN n.name",
    "MATCH (n:Entity {uid: $uid}) RETURN n.name",
    "MATCH (n:Entity) WHERE n.uid IN $uids RETURN n.name",
    "MATCH (n:Entity) WHERE n.name = 'delete' RETURN n",
    "MATCH (n:Entity) WHERE n.name = 'MATCH (n) DETACH DELETE n' RETURN n",
    'MATCH (n:Entity) WHERE n.name = "it\'s; DROP it" RETURN n',
    "MATCH (n:Entity) WHERE n.name CONTAINS 'CREATE' RETURN n",
    r"MATCH (n:Entity) WHERE n.name = 'a\'b' RETURN n",
    r"MATCH (n:Entity) WHERE n.name = 'C:\\users\\set' RETURN n",
    r"MATCH (n:Entity) WHERE n.name = 'caf\u00e9' RETURN n",
    "MATCH (n:Entity) RETURN n.delete, n.set, n.create, n.load",
    "MATCH (n:Entity) WHERE n.remove IS NULL RETURN n.name",
    "MATCH (n:Delete) RETURN n",
    "MATCH (n)-[r:SET]->(m) RETURN r",
    "MATCH (n)-[r:FACT|CREATE|MERGE]->(m) RETURN type(r)",
    "MATCH (n:Entity {drop: 1}) RETURN n",
    "MATCH (n:Entity {name: 'x', merge: 1}) RETURN n",
    "RETURN {set: 1, delete: 2} AS m",
    "MATCH (`delete`:Entity) RETURN `delete`",
    "MATCH (n) RETURN n AS `LOAD CSV`",
    "RETURN $set AS x",
    "MATCH (n) // DELETE everything, or not\nRETURN n",
    "MATCH (n)\r\nRETURN n // the end",
    "MATCH (n) // comment\r\nRETURN n",
    "MATCH (a:Entity)-[f:FACT]->(b:Entity) RETURN a.name, f.name, b.name",
    "MATCH (a)<-[f:FACT]-(b) WHERE f.polarity = 'affirmed' AND f.confidence >= 0.5 RETURN a, f, b",
    "MATCH (a:Entity)-[f:FACT]-(b) WHERE NOT a.in_kg OR b.in_kg XOR false RETURN count(*)",
    "MATCH p = (a:Entity {uid: 'wd:Q1'})-[:FACT*1..3]->(b) RETURN p, length(p)",
    "MATCH (a)-[:FACT*..2]->(b) RETURN DISTINCT b.uid",
    "MATCH (a:Entity {uid: 'wd:Q1'}), (b:Entity {uid: 'wd:Q2'})"
    " MATCH p = shortestPath((a)-[:FACT*..6]->(b)) RETURN p",
    "MATCH (d:Document)-[:HAS_SENTENCE]->(s:Sentence)-[:HAS_MENTION]->(m:Mention) RETURN d.name, s.text, m",
    "MATCH (n) OPTIONAL MATCH (n)-[f:FACT]->(m) RETURN n.name, m.name",
    "MATCH (n)-[f:FACT]->() WITH n, count(f) AS degree WHERE degree > 1 RETURN n.name, degree",
    "MATCH (n) WITH * RETURN n",
    "MATCH (n) RETURN *",
    "UNWIND [1, 2, 3] AS x RETURN x * x AS y",
    "UNWIND range(1, 5) AS x WITH x WHERE x % 2 = 1 RETURN collect(x) AS odd",
    "MATCH (n:Entity) RETURN n.name AS name UNION MATCH (p:Predicate) RETURN p.name AS name",
    "RETURN 1 AS x UNION ALL RETURN 2 AS x",
    "MATCH (n:Entity) WHERE EXISTS { MATCH (n)-[:FACT]->() } RETURN n",
    "MATCH (n:Entity) RETURN n.name, COUNT { MATCH (n)-[:FACT]->() } AS degree",
    "MATCH (n:Entity) CALL (n) { MATCH (n)-[f:FACT]->() RETURN count(f) AS c } RETURN n.name, c",
    "MATCH (n:Entity) CALL { WITH n MATCH (n)-[f:FACT]->() RETURN count(f) AS c } RETURN n.name, c",
    "CALL db.labels()",
    "CALL db.labels() YIELD label RETURN label",
    "CALL db.relationshipTypes() YIELD relationshipType AS kind RETURN kind ORDER BY kind",
    "CALL db.propertyKeys() YIELD propertyKey RETURN count(*) AS n",
    "CALL db.index.fulltext.queryNodes('entity_name', 'ada') YIELD node, score RETURN node.name, score",
    "MATCH (n:Entity) RETURN CASE WHEN n.in_kg THEN 'known' ELSE 'new' END AS state, count(*) AS n",
    "MATCH (n:Entity) RETURN CASE n.kind WHEN 'wd' THEN 1 ELSE 0 END AS k",
    "MATCH (n:Entity) RETURN toLower(n.name), size(n.name), coalesce(n.kind, '?')",
    "MATCH (n:Entity) WHERE n.name STARTS WITH 'A' AND n.name ENDS WITH 'a' RETURN n",
    "MATCH (n:Entity) WHERE n.name =~ '(?i)ada.*' RETURN n",
    "MATCH (n:Entity) WHERE n.name IS NOT NULL RETURN n.name",
    "MATCH (n) RETURN labels(n), count(*)",
    "MATCH (a)-[r]->(b) RETURN type(r), properties(r), startNode(r), endNode(r)",
    "MATCH (n:Entity) RETURN n {.name, .uid} AS entity",
    "MATCH (n:Entity) RETURN [x IN collect(n.name) WHERE x <> 'set' | toUpper(x)] AS names",
    "MATCH (n:Entity {uid: 'wd:Q1'}) RETURN [(n)-[:FACT]->(m) | m.name] AS names",
    "RETURN reduce(total = 0, x IN [1, 2, 3] | total + x) AS total",
    "RETURN all(x IN [1, 2] WHERE x > 0) AS a, any(x IN [1] WHERE x = 2) AS b",
    "RETURN [1, 2, 3][0..2] AS firsts, [1, 2, 3][-1] AS last",
    "RETURN 1.5e3 AS a, .5 AS b, -2 AS c, 3 / 2 AS d, 2 ^ 3 AS e, 7 % 4 AS f",
    "RETURN date('2026-01-31') AS d, duration.between(date('2026-01-01'), date('2026-02-01')) AS e",
    "MATCH (start:Entity)-[f:FACT]->(stop) RETURN start.name, stop.name",
    "RETURN null AS nothing, true AS yes, false AS no",
    "MATCH (a:Assertion) RETURN avg(a.confidence), min(a.confidence), max(a.support), sum(a.support)",
]

# text, and the words that the message must name
ATTACKS = [
    ("CREATE (n:Entity)", "CREATE"),
    ("create (n)", "create"),
    ("MATCH (n) DETACH DELETE n", "DETACH"),
    ("MATCH (n) DELETE n", "DELETE"),
    ("MATCH (n) NODETACH DELETE n", "NODETACH"),
    ("MATCH (n) SET n.name = 'x'", "SET"),
    ("MATCH (n) SET n:Label RETURN n", "SET"),
    ("MATCH (n) SeT n += {a: 1}", "SeT"),
    ("MATCH (n) REMOVE n.name", "REMOVE"),
    ("MERGE (n:Entity {uid: 'x'}) RETURN n", "MERGE"),
    ("MATCH (n) WITH n MERGE (m:X) RETURN m", "MERGE"),
    ("LOAD CSV FROM 'file:///etc/passwd' AS r RETURN r", "LOAD"),
    ("MATCH (n) LOAD CSV WITH HEADERS FROM 'http://example.org/' AS r RETURN r", "LOAD"),
    ("WITH * LOAD CSV FROM 'file:///etc/passwd' AS r RETURN r", "LOAD"),
    ("RETURN 1 AS x UNION LOAD CSV FROM 'file:///etc/passwd' AS x RETURN x", "LOAD"),
    ("CALL { LOAD CSV FROM 'file:///etc/passwd' AS r RETURN r } RETURN r", "LOAD"),
    ("MATCH (n) WHERE EXISTS { LOAD CSV FROM 'x' AS r RETURN r } RETURN n", "LOAD"),
    ("MATCH (n) RETURN COLLECT { LOAD CSV FROM 'x' AS r RETURN r }", "LOAD"),
    ("FOREACH (i IN [1] | CREATE (:X))", "FOREACH"),
    ("MATCH (n) FOREACH (i IN [1] | SET n.x = i)", "FOREACH"),
    ("MATCH (n) CALL (n) { SET n.x = 1 } RETURN n", "SET"),
    ("MATCH (n) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS OF 10 ROWS", "DETACH"),
    ("MATCH (n) CALL (n) { RETURN 1 AS x } IN TRANSACTIONS OF 10 ROWS RETURN x", "TRANSACTIONS"),
    ("DROP INDEX entity_name", "DROP"),
    ("DROP DATABASE neo4j", "DROP"),
    ("CREATE INDEX x FOR (n:Entity) ON (n.name)", "CREATE"),
    ("SHOW INDEXES", "SHOW"),
    ("SHOW USERS YIELD *", "SHOW"),
    ("TERMINATE TRANSACTIONS 'x'", "TERMINATE"),
    ("USE system SHOW USERS", "USE"),
    ("USE graph.byName('x') MATCH (n) RETURN n", "USE"),
    ("EXPLAIN MATCH (n) RETURN n", "EXPLAIN"),
    ("PROFILE MATCH (n) RETURN n", "PROFILE"),
    ("CYPHER 5 MATCH (n) RETURN n", "CYPHER"),
    ("CYPHER runtime = parallel MATCH (n) RETURN n", "CYPHER"),
    ("MATCH (n) RETURN n; MATCH (n) DELETE n", "';'"),
    ("RETURN 1; RETURN 2", "';'"),
    ("RETURN 1;;", "';'"),
    ("; RETURN 1", "';'"),
    ("INSERT (n:Entity)", "INSERT"),
    ("START n = node(*) RETURN n", "START"),
    ("FOR VALID_TIME ALL MATCH (n) RETURN n", "FOR"),
    ("MATCH (n) RETURN n.name FORMAT CSV", "FORMAT"),
    ("MATCH (n) RETURN * FORMAT CSV", "CSV"),
    ("MATCH (n) FINISH", "FINISH"),
    ("GRANT ROLE admin TO me", "GRANT"),
    ("ALTER USER neo4j SET PASSWORD 'x'", "ALTER"),
    ("DENY ACCESS ON DATABASE neo4j TO me", "DENY"),
    ("REVOKE ROLE admin FROM me", "REVOKE"),
    ("RENAME USER a TO b", "RENAME"),
    ("CALL apoc.load.json('file:///etc/passwd') YIELD value RETURN value", "apoc"),
    ("CALL apoc.cypher.runWrite('CREATE (n)', {})", "apoc"),
    ("CALL dbms.listConfig()", "dbms"),
    ("CALL dbms.killQuery('1')", "dbms"),
    ("CALL db.createLabel('X')", "db"),
    ("CALL db.index.fulltext.drop('entity_name')", "db"),
    ("CALL `apoc`.`load`.`json`('x')", "apoc"),
    ("CALL db.labels.x()", "db"),
    ("CALL pagerank() YIELD node RETURN node", "pagerank"),
    ("CALL apoc.help", "apoc"),
    ("MATCH (n) CALL dbms.shutdown() RETURN n", "dbms"),
    ("MATCH (n) OPTIONAL CALL dbms.components() YIELD name RETURN name", "dbms"),
    ("RETURN apoc.util.sleep(100000)", "apoc"),
    ("RETURN apoc.load.file('/etc/passwd')", "apoc"),
    ("RETURN apoc . load . file ('x')", "apoc"),
    ("RETURN `apoc`.`load`('x')", "apoc"),
    ("RETURN `file`('x')", "file"),
    ("RETURN file('/etc/passwd')", "file"),
    ("RETURN linenumber()", "linenumber"),
    ("MATCH (n) WHERE n.name(1) RETURN n", "n"),
    ("MATCH (n) WITH n.load('x') AS y RETURN y", "n"),
    ("\\u0043REATE (n)", "\\\\"),
    ("MATCH (n) \\u0044ELETE n", "\\\\"),
    ("MATCH (n) RETURN n // \\u000a DETACH DELETE n", "\\u"),
    ("MATCH (n) /* \\u002a\\u002f DETACH DELETE n /* */ RETURN n", "\\u"),
    ("MATCH (n) WHERE n.name = '\\u0027 DETACH DELETE n //' RETURN n", "\\u0027"),
    ('MATCH (n) WHERE n.name = "\\u0022 DETACH DELETE n //" RETURN n', "\\u0022"),
    ("MATCH (n) WHERE n.name = '\\u005c' DETACH DELETE n //' RETURN n", "\\u005c"),
    ("MATCH (n) WHERE n.name = '\\\\u0027 DETACH DELETE n //' RETURN n", "\\u0027"),
    ("MATCH (n) WHERE n.name = '\\uu0027 DETACH DELETE n //' RETURN n", "\\uu0027"),
    ("MATCH (n) WHERE n.name = '\\u00' RETURN n", "backslash"),
    ("MATCH (`a\\u0060) DETACH DELETE b //`) RETURN 1", "\\u"),
    ("MATCH (n) // c\rDETACH DELETE n", "comment"),
    ("RETURN 1 // \r '\nLOAD CSV FROM \"file:///etc/passwd\" AS r RETURN r //'", "comment"),
    ("MATCH (n) // c\u2028DETACH DELETE n", "comment"),
    ("MATCH (n)\u2003DETACH DELETE n", "\\u2003"),
    ("MATCH (n)\u200bDELETE n", "\\u200b"),
    ("MATCH (n)\x0bDELETE n", "\\x0b"),
    ("MATCH (n) RETURN 'open", "not closed"),
    ("MATCH (n) RETURN `open", "not closed"),
    ("MATCH (n) /* open", "not closed"),
    ("MATCH (n) RETURN '\\' DETACH DELETE n //", "not closed"),
    ("MATCH (n) WITH n.x AS y, 1. DELETE n", "DELETE"),
    ("RETURN 1.DELETE n", "DELETE"),
    ("MATCH (n) RETURN 1DELETE n", "DELETE"),
    ("MATCH (n)DELETE n", "DELETE"),
    ("MATCH(n)/**/DELETE/**/n", "DELETE"),
    ("MATCH (n) WITH 1 AS CREATE (m:X)", "CREATE"),
    ("MATCH (n) WHERE true SET n.x = 1", "SET"),
    ("MATCH (n) RETURN n LIMIT 1 DELETE n", "DELETE"),
    ("MATCH (n) OPTIONAL DELETE n", "DELETE"),
    ("MATCH (n) OPTIONAL FROB n", "FROB"),
    ("MATCH (n) FROB n", "FROB"),
    ("FROB (n)", "FROB"),
    ("RETURN 1 AS x UNION FROB 1 AS x", "FROB"),
    ("RETURN 1 AS x UNION ALL FROB 1 AS x", "FROB"),
    ("RETURN $", "$"),
    ("DELETE", "DELETE"),
]


@pytest.fixture(scope="module")
def small_graph() -> GraphProcess:
    graph = GraphProcess()
    graph.run("CREATE FULLTEXT INDEX entity_name IF NOT EXISTS FOR (e:Entity) ON EACH [e.name]", {})
    graph.run(
        "CREATE (a:Entity {uid: 'wd:Q1', name: 'Ada', kind: 'wd', in_kg: true, drop: 1, merge: 1})"
        "-[:FACT {name: 'knew', polarity: 'affirmed', confidence: 0.9}]->"
        "(b:Entity {uid: 'wd:Q2', name: 'Babbage', kind: 'wd', in_kg: true}), (:Predicate {name: 'knew'}),"
        "(:Assertion {confidence: 0.9, support: 1}), (:Document {name: 'd'})-[:HAS_SENTENCE]->"
        "(:Sentence {text: 't'})-[:HAS_MENTION]->(:Mention {uid: 'm'})",
        {},
    )
    return graph


@pytest.mark.parametrize("cypher", READS)
def test_honest_reads_pass_and_run(cypher: str, small_graph: GraphProcess) -> None:
    check_read_only(cypher)

    small_graph.query(cypher, {"uid": "wd:Q1", "uids": ["wd:Q1"], "set": 1}, limit=10, seconds=10)


@pytest.mark.parametrize(("cypher", "named"), ATTACKS)
def test_everything_else_is_refused_by_name(cypher: str, named: str) -> None:
    with pytest.raises(CypherRefused) as refusal:
        check_read_only(cypher)

    assert named in str(refusal.value)


def test_there_are_enough_examples() -> None:
    assert len(READS) >= 60
    assert len(ATTACKS) >= 60


def test_a_refusal_says_where() -> None:
    with pytest.raises(CypherRefused, match=r"'DELETE' at line 2, column 3"):
        check_read_only("MATCH (n)\n  DELETE n")


@pytest.mark.parametrize("cypher", ["", "  \n", "// nothing but words", ";"])
def test_nothing_is_refused_with_an_example(cypher: str) -> None:
    with pytest.raises(CypherRefused, match="MATCH"):
        check_read_only(cypher)


@pytest.mark.parametrize(
    ("cypher", "limit"),
    [
        ("RETURN '" + "x" * MAX_CHARACTERS + "'", f"{MAX_CHARACTERS:,}"),
        ("RETURN 1" + "+1" * MAX_TOKENS, f"{MAX_TOKENS:,}"),
        ("RETURN " + "(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1), str(MAX_DEPTH)),
        ("RETURN 1 AS x" + " UNION RETURN 1 AS x" * (MAX_UNIONS + 1), str(MAX_UNIONS)),
    ],
)
def test_sizes_that_overflow_a_parser_are_refused(cypher: str, limit: str) -> None:
    with pytest.raises(CypherRefused, match=limit):
        check_read_only(cypher)


def test_the_engine_survives_the_largest_query_that_passes(small_graph: GraphProcess) -> None:
    cypher = "RETURN 1 AS x" + " UNION RETURN 1 AS x" * MAX_UNIONS
    check_read_only(cypher)

    assert small_graph.query(cypher, {}, limit=10, seconds=10).rows == ((1,),)


WRITING = ["CREATE", "MERGE", "SET", "DELETE", "DETACH DELETE", "REMOVE", "DROP", "LOAD CSV FROM", "FOREACH"]


@given(
    st.sampled_from(
        ["MATCH (n) RETURN n ", "MATCH (n) ", "RETURN 1 AS x ", "WITH * ", "UNWIND [1] AS x ", ""]
    ),
    st.lists(st.sampled_from([" ", "\n", "\t", "\r\n", "// c\n", "/* 'x */", '/* " */ ']), max_size=4),
    st.sampled_from(WRITING),
    st.sampled_from([" n", " (n)", " n.x = 1", " 'file:///etc/passwd' AS r"]),
    st.randoms(use_true_random=False),
)
def test_no_spacing_comment_or_case_hides_a_clause(
    before: str, between: list[str], word: str, after: str, random: Random
) -> None:
    mixed = "".join(random.choice([c.lower(), c.upper()]) for c in word)
    with pytest.raises(CypherRefused):
        check_read_only(before + "".join(between) + mixed + after)


@given(st.text(max_size=40))
def test_any_text_as_a_quoted_string_passes_or_is_refused_for_its_escapes(text: str) -> None:
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    try:
        check_read_only(f"RETURN {quoted} AS x")
    except CypherRefused:
        assert "\\u" in quoted.replace("\\\\", "\\") or "\\U" in quoted.replace("\\\\", "\\")


@given(st.text(max_size=60))
def test_any_text_is_cut_or_refused_and_the_tokens_stand_where_they_say(text: str) -> None:
    try:
        tokens = tokenize(text)
    except CypherRefused:
        return
    for token in tokens:
        assert text.startswith(token.text, token.position)
