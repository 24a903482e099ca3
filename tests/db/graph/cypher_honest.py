"""A hundred honest questions, all understood by both profiles; docs/cypher.md is made of them."""

QUESTIONS: dict[str, tuple[str, ...]] = {
    "Nodes and their properties": (
        "MATCH (e:Entity) RETURN e.uid, e.name",
        "MATCH (e:Entity {uid: 'wd:Q1'}) RETURN e.name, e.kind, e.in_kg",
        "MATCH (e:Entity {uid: $uid}) RETURN e.name",
        "MATCH (e:Entity) WHERE e.uid IN $uids RETURN e.name",
        "MATCH (e:Entity) WHERE e.name = 'Ada Lovelace' RETURN e.uid",
        "MATCH (e:Entity) WHERE e.name <> 'Ada Lovelace' RETURN e.uid",
        "MATCH (e:Entity) WHERE e.in_kg RETURN e.name",
        "MATCH (e:Entity) WHERE NOT e.in_kg RETURN e.name",
        "MATCH (d:Document) RETURN d.uid, d.name, d.path, d.kind",
        "MATCH (s:Sentence) RETURN s.uid, s.text, s.page, s.start, s.finish",
        "MATCH (m:Mention) RETURN m.uid, m.subject, m.predicate, m.object, m.score",
        "MATCH (p:Predicate) RETURN p.uid, p.name",
        "MATCH (a:Assertion) RETURN a.status, a.polarity, a.support, a.confidence",
        "MATCH (a:Assertion) WHERE a.object_value IS NOT NULL RETURN a.object_value, a.object_kind",
        "MATCH (n) WHERE n:Entity OR n:Predicate RETURN n.name",
    ),
    "Facts and where they come from": (
        "MATCH (a:Entity)-[f:FACT]->(b:Entity) RETURN a.name, f.name, b.name",
        "MATCH (a:Entity)<-[f:FACT]-(b:Entity) RETURN a.name, f.name, b.name",
        "MATCH (a:Entity {uid: 'wd:Q1'})-[f:FACT]-(b:Entity) RETURN f.name, b.name",
        "MATCH (a)-[f:FACT {pid: 'wd:P1'}]->(b) RETURN a.name, b.name",
        "MATCH (a)-[f:FACT]->(b) WHERE f.polarity = 'affirmed' RETURN a.name, f.name, b.name",
        "MATCH (a)-[f:FACT]->(b) WHERE f.polarity <> 'affirmed' RETURN a.name, f.name, b.name",
        "MATCH (a)-[f:FACT]->(b) WHERE f.modality = 'planned' RETURN a.name, f.name, b.name",
        "MATCH (a)-[f:FACT]->(b) WHERE f.confidence >= 0.5 AND f.support > 1 RETURN a.name, b.name",
        "MATCH (a:Assertion)-[:SUBJECT]->(e:Entity) RETURN e.name, a.support",
        "MATCH (a:Assertion)-[:SUBJECT]->(e)  MATCH (a)-[:PREDICATE]->(p) RETURN e.name, p.name",
        "MATCH (s:Sentence)-[:HAS_MENTION]->(m:Mention)-[:SUPPORTS]->(a:Assertion) RETURN s.text, a.polarity",
        "MATCH (d:Document)-[:HAS_SENTENCE]->(s)-[:HAS_MENTION]->(m) RETURN d.name, s.page, m.subject",
        "MATCH (m:Mention)-[r:SUPPORTS]->(a:Assertion) RETURN m.uid, r.confidence",
        "MATCH (d:Document)-[:HAS_SENTENCE|HAS_MENTION]->(n) RETURN d.name, n.uid",
    ),
    "Paths": (
        "MATCH (a:Entity {uid: 'wd:Q1'})-[:FACT*1..2]->(b) RETURN DISTINCT b.name",
        "MATCH (a:Entity {uid: 'wd:Q1'})-[:FACT*..3]->(b:Entity {uid: 'wd:Q4'}) RETURN count(*) > 0 AS there",
        "MATCH p = (a:Entity {uid: 'wd:Q1'})-[:FACT*1..2]->(b) RETURN length(p) AS hops, b.name",
        "MATCH (a:Entity {uid: 'wd:Q1'}), (b:Entity {uid: 'wd:Q4'}) MATCH p ="
        " shortestPath((a)-[:FACT*..4]->(b))"
        " RETURN length(p) AS hops",
        "MATCH p = (a:Entity {uid: 'wd:Q1'})-[:FACT]->(b) RETURN [n IN nodes(p) | n.name] AS names",
        "MATCH p = (a:Entity {uid: 'wd:Q1'})-[:FACT]->(b) RETURN [r IN relationships(p) | r.name] AS names",
        "MATCH (a:Entity)-[:FACT]->(b)-[:FACT]->(c) RETURN a.name, b.name, c.name",
    ),
    "Conditions": (
        "MATCH (e:Entity) WHERE e.name STARTS WITH 'A' RETURN e.name",
        "MATCH (e:Entity) WHERE e.name ENDS WITH 'e' RETURN e.name",
        "MATCH (e:Entity) WHERE e.name CONTAINS 'abb' RETURN e.name",
        "MATCH (e:Entity) WHERE e.name =~ '(?i)ada.*' RETURN e.name",
        "MATCH (e:Entity) WHERE toLower(e.name) = 'mary' RETURN e.uid",
        "MATCH (e:Entity) WHERE e.missing IS NULL RETURN count(e) AS n",
        "MATCH (e:Entity) WHERE e.name IS NOT NULL RETURN count(e) AS n",
        "MATCH (e:Entity) WHERE e.in_kg XOR e.name = 'Mary' RETURN e.name",
        "MATCH (a:Assertion) WHERE 0.4 <= a.confidence AND a.confidence < 0.9 RETURN a.confidence",
        "MATCH (e:Entity) WHERE EXISTS { MATCH (e)-[:FACT]->() } RETURN e.name",
        "MATCH (e:Entity) WHERE NOT EXISTS { MATCH (e)-[:FACT]->() } RETURN e.name",
        "MATCH (e:Entity) WHERE (e)-[:FACT]->(:Entity) RETURN e.name",
        "MATCH (e:Entity) WHERE e.kind IN ['wd', 'gn'] RETURN e.name",
        "MATCH (e:Entity) WHERE all(c IN ['a', 'e'] WHERE e.name CONTAINS c) RETURN e.name",
        "MATCH (e:Entity) WHERE any(w IN ['Ada', 'Mary'] WHERE e.name STARTS WITH w) RETURN e.name",
        "MATCH (e:Entity) WHERE none(w IN ['Ada', 'Mary'] WHERE e.name STARTS WITH w) RETURN e.name",
        "MATCH (e:Entity) WHERE single(w IN ['A', 'L'] WHERE e.name CONTAINS w) RETURN e.name",
    ),
    "What is the same": (
        "MATCH (a:Entity)-[r:SAME_AS]->(b:Entity) RETURN a.name, b.name, r.by, r.at, r.why",
        "MATCH (e:Entity {uid: 'wd:Q5'})-[:SAME_AS*0..8]-(s:Entity) RETURN s.name",
        "MATCH (e:Entity {uid: 'wd:Q5'})-[:SAME_AS*0..8]-(s:Entity)-[f:FACT]-(o:Entity)"
        " RETURN s.name, f.name, o.name",
        "MATCH (e:Entity) WHERE NOT e.mentioned RETURN e.name, e.in_kg",
        "MATCH (e:Entity) WHERE NOT e.in_kg RETURN e.sort, count(*) AS n",
    ),
    "Order, limits and parts": (
        "MATCH (e:Entity) RETURN e.name ORDER BY e.name",
        "MATCH (e:Entity) RETURN e.name ORDER BY e.name DESC LIMIT 2",
        "MATCH (e:Entity) RETURN e.name ORDER BY e.name SKIP 1 LIMIT 2",
        "MATCH (a)-[f:FACT]->(b) RETURN f.support AS n, a.name AS name ORDER BY n DESC, name LIMIT 3",
        "MATCH (e:Entity) WITH e ORDER BY e.name LIMIT 1 RETURN e.name",
        "MATCH (a)-[:FACT]->(b) WITH a, count(b) AS degree WHERE degree > 1 RETURN a.name, degree",
        "MATCH (e:Entity) OPTIONAL MATCH (e)-[f:FACT]->(o) RETURN e.name, o.name",
        "MATCH (e:Entity) RETURN e.name AS name UNION MATCH (p:Predicate) RETURN p.name AS name",
        "MATCH (e:Entity) RETURN e.kind AS kind UNION ALL MATCH (p:Predicate) RETURN p.uid AS kind",
        "MATCH (a)-[:FACT]->(b) RETURN DISTINCT b.name",
        "UNWIND ['wd:Q1', 'wd:Q2'] AS uid MATCH (e:Entity {uid: uid}) RETURN e.name",
        "UNWIND range(1, 3) AS x RETURN x * x AS square",
        "MATCH (e:Entity) // a comment\nRETURN count(e) AS n",
    ),
    "Counting and gathering": (
        "MATCH (n:Entity) RETURN count(*) AS n",
        "MATCH (n:Entity) RETURN count(DISTINCT n.kind) AS kinds",
        "MATCH (e:Entity) RETURN e.kind, count(*) AS n",
        "MATCH (a:Assertion) RETURN sum(a.support) AS total, max(a.support) AS most, min(a.support) AS least",
        "MATCH (a:Assertion) RETURN round(avg(a.confidence) * 1000) AS thousandths",
        "MATCH (a)-[:FACT]->(b) WITH a, b ORDER BY b.name RETURN a.name, collect(b.name) AS names",
        "MATCH (e:Entity) RETURN e.name, COUNT { MATCH (e)-[:FACT]->() } AS degree",
        "MATCH (e:Entity) CALL (e) { MATCH (e)-[f:FACT]->() RETURN count(f) AS c } RETURN e.name, c",
        "MATCH (e:Entity) RETURN CASE WHEN e.in_kg THEN 'known' ELSE 'new' END AS state, count(*) AS n",
        "MATCH (e:Entity) RETURN e.name, CASE e.kind WHEN 'wd' THEN 1 ELSE 0 END AS known",
        "MATCH (n:Entity) RETURN labels(n) AS labels, count(*) AS n",
        "MATCH (:Document)-[r]->(:Sentence) RETURN type(r) AS kind, count(*) AS n",
        "MATCH (a)-[f:FACT]->(b) RETURN startNode(f).name AS first, endNode(f).name AS second",
    ),
    "Values": (
        "RETURN 1 + 2 * 3 AS a, 7 % 4 AS b, 7 / 2 AS c, 2 ^ 3 AS d, -2 AS e",
        "RETURN 1.5e3 AS a, 0.25 AS b, abs(-3) AS c, sign(-2) AS d",
        "RETURN ceil(1.2) AS a, floor(1.8) AS b, sqrt(16) AS c",
        "RETURN 'a' + 'b' AS a, size('abc') AS b, toUpper('ab') AS c, trim('  a ') AS d",
        "RETURN split('a,b,c', ',') AS parts, replace('aXb', 'X', '-') AS joined",
        "RETURN substring('abcdef', 1, 3) AS a, left('abc', 2) AS b, right('abc', 2) AS c",
        "RETURN toInteger('42') AS a, toFloat('1.5') AS b, toString(7) AS c, toBoolean('true') AS d",
        "RETURN coalesce(null, 'x') AS a, null IS NULL AS b",
        "RETURN true AND false AS a, true OR false AS b, NOT true AS c, true XOR true AS d",
        "RETURN date('2026-01-31') AS day",
        "MATCH (e:Entity {uid: 'wd:Q1'}) RETURN e {.name, .uid} AS entity",
        "RETURN {name: 'x', parts: [1, 2]} AS made",
        "RETURN $uid AS uid, size($uids) AS many",
    ),
    "Lists": (
        "RETURN [1, 2, 3][0..2] AS firsts, [1, 2, 3][-1] AS last",
        "RETURN head([1, 2]) AS a, last([1, 2]) AS b, tail([1, 2, 3]) AS c",
        "RETURN [x IN range(1, 5) WHERE x % 2 = 1 | x * 10] AS odd",
        "RETURN reduce(total = 0, x IN [1, 2, 3] | total + x) AS total",
        "RETURN reverse([1, 2, 3]) AS back, 2 IN [1, 2] AS there",
        "UNWIND [3, 1, 2] AS x WITH x ORDER BY x RETURN collect(x) AS sorted",
        "MATCH (e:Entity {uid: 'wd:Q3'}) RETURN [(e)-[:FACT]->(o) | o.name] AS names",
        "RETURN keys({a: 1}) AS names, [1] + [2] AS both",
    ),
    "Procedures": (
        "CALL db.labels() YIELD label WITH label WHERE label = 'Entity' RETURN label",
        "CALL db.relationshipTypes() YIELD relationshipType AS kind WITH kind WHERE kind = 'FACT'"
        " RETURN kind",
        "CALL db.index.fulltext.queryNodes('entity_name', 'babbage') YIELD node RETURN node.name",
        "CALL db.index.fulltext.queryNodes('sentence_text', 'engine') YIELD node RETURN node.uid",
    ),
}
"""By what they show. The tests ask each of both engines, over one graph, and compare the rows."""

SERVER_ALONE: dict[str, str] = {
    "a quantified path pattern": "MATCH ((a:Entity)-[f:FACT]->(b:Entity)){1,3} RETURN count(*) AS n",
    "a shortest path by name": (
        "MATCH p = ANY SHORTEST (a:Entity {uid: 'wd:Q1'})-[:FACT]->+(b:Entity {uid: 'wd:Q4'})"
        " RETURN length(p) AS hops"
    ),
    "a subquery as a list": (
        "MATCH (e:Entity) RETURN COLLECT { MATCH (e)-[:FACT]->(o) RETURN o.name } AS names"
    ),
    "labels with not and and": "MATCH (n:!Entity&Mention) RETURN count(n) AS n",
    "a call that may find nothing": (
        "MATCH (n:Entity) OPTIONAL CALL (n) { MATCH (n)-[:FACT]->(m) RETURN m.name AS name }"
        " RETURN n.name, name"
    ),
    "a comment of any words between slashes and stars": "MATCH (e:Entity) /* DELETE */ RETURN count(e) AS n",
    "letters beyond ASCII in names": "MATCH (ß:Entity) RETURN ß.name AS größe",
}
"""Passed by the guard and answered by Neo4j; the embedded engine says that it cannot run them."""

DIFFERENT = (
    "A node's or relation's `id` holds within one embedded generation, or on the server as its element id: "
    "compare nodes by `uid`.",
    "`MATCH (n)` without a label also finds the server's own bookkeeping (`:Projection`, `:Migration`).",
    "The scores of a full-text search are each engine's own; so is which near matches it finds.",
    "Rows without ORDER BY come in any order, in both.",
    "The embedded engine is ended in the middle of anything; Neo4j goes on within one expression, whatever "
    "its limits. So the server is not sent what it might compute for minutes: a `reduce` or nested loop over "
    "a list that is not short by its form, a long `range` outside UNWIND, values that grow by doubling, "
    "patterns of `=~` that backtrack, conditions that its planner multiplies out, more than 5,000 "
    "characters. The refusal says what to write instead.",
)
