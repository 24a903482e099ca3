"""Three hundred and more attempts at more than reading: each of the payloads in each of the disguises."""

from __future__ import annotations

from tests.db.graph.cypher_corpus import REFUSED

PAYLOADS = [
    "CREATE (m:Evil)",
    "MERGE (m:Evil {uid: 'x'})",
    "SET n.name = 'Eve'",
    "SET n:Evil",
    "REMOVE n.name",
    "DELETE n",
    "DETACH DELETE n",
    "FOREACH (i IN [1] | CREATE (:Evil))",
    "LOAD CSV FROM 'file:///etc/passwd' AS row",
    "LOAD CSV WITH HEADERS FROM 'http://127.0.0.1/x' AS row",
    "CALL apoc.load.json('file:///etc/passwd') YIELD value",
    "CALL apoc.export.csv.all('/tmp/x', {})",
    "CALL dbms.listConfig() YIELD name",
    "CALL db.createLabel('Evil')",
    "CALL (n) { CREATE (:Evil) }",
    "CALL { DETACH DELETE n } IN TRANSACTIONS",
    "WITH n WHERE apoc.util.sleep(100000) IS NULL",
    "WITH n, file('/etc/passwd') AS text",
    "INSERT (m:Evil)",
    "DROP CONSTRAINT entity_uid",
]

DISGUISES = [
    "MATCH (n:Entity) {} RETURN 1",
    "MATCH (n:Entity) /* read */ {} // only",
    "MATCH (n:Entity)\n\t{}\r\nRETURN n",
    "MATCH (n:Entity) WITH n {} RETURN n",
    "OPTIONAL MATCH (n:Entity) {}",
    "UNWIND [1] AS x MATCH (n:Entity) {} RETURN x",
    "MATCH (n:Entity) RETURN n UNION MATCH (n:Entity) {} RETURN n",
    "MATCH (n:Entity) WHERE n.name <> '// \\' /*' {} RETURN n // '",
    'MATCH (n:Entity) WHERE n.name <> "it\'s" {} RETURN n',
    "MATCH (n:Entity {{uid: `x`}}) {} RETURN `n`",
    "MATCH (n:Entity) WHERE EXISTS {{ MATCH (n) {} RETURN n }} RETURN n",
    "MATCH (n:Entity) RETURN COUNT {{ MATCH (n) {} RETURN n }} AS c",
    "MATCH (n:Entity) RETURN COLLECT {{ MATCH (n) {} RETURN 1 }} AS c",
    "MATCH (n:Entity) CALL (n) {{ {} RETURN 1 AS x }} RETURN x",
    "MATCH (n:Entity) CALL {{ WITH n CALL {{ WITH n {} RETURN 1 AS y }} RETURN y AS x }} RETURN x",
    "MATCH (n:Entity) WHERE n.name = '\\\\' {} RETURN n",
]

ATTEMPTS = list(
    dict.fromkeys([*REFUSED, *(disguise.format(payload) for payload in PAYLOADS for disguise in DISGUISES)])
)

UNSTOPPABLE = [
    "RETURN reduce(t = 0, x IN range(1, 200000000) | t + x) AS t",
    "RETURN reduce(t = 0, x IN range(1, 1000) | t + reduce(u = 0, y IN range(1, 1000) | u + y)) AS t",
    "RETURN reduce(s = 'ab', i IN range(1, 28) | s + s) AS s",
    "RETURN reduce(s = [1], i IN range(1, 28) | s + s) AS s",
    "RETURN reduce(s = 'a', i IN range(1, 28) | replace(s, 'a', 'aa')) AS s",
    "RETURN reduce(s = [], i IN range(1, 1000) | [s]) AS s",
    "RETURN valueType(reduce(s = [], i IN range(1, 1000) | [s, s])) AS s",
    "MATCH (n) WITH collect(n) AS l RETURN reduce(s = 0, x IN l | s + 1) AS s",
    "RETURN all(x IN range(1, 100000) WHERE all(y IN range(1, 100000) WHERE y > 0)) AS yes",
    "WITH range(1, 1000) AS l RETURN all(x IN l WHERE all(y IN l WHERE all(z IN l WHERE z > 0))) AS yes",
    "WITH range(1, 1000) AS l RETURN none(x IN l WHERE any(y IN l WHERE y = x + 0.5)) AS yes",
    "RETURN size([x IN range(1, 100000000) | x]) AS n",
    "RETURN [x IN [1] | range(1, 100000000)] AS l",
    "RETURN range(1, 100000000) AS l",
    "RETURN range(1, 10000 * 10000) AS l",
    "UNWIND [100000000] AS n RETURN range(1, n) AS l",
    "UNWIND range(1, 100000000) + [1] AS x RETURN x",
    "RETURN range(1, $n) AS l",
    "WITH 'ab' AS s" + " WITH s + s AS s" * 30 + " RETURN s",
    "WITH 'ab' AS s" + " WITH s || s AS s" * 30 + " RETURN s",
    "WITH 'ab' AS s" + " WITH s + 'x' + s AS s" * 30 + " RETURN s",
    "WITH [1] AS l" + " WITH [l, l] AS l" * 30 + " RETURN l",
    "WITH [1] AS l" + " WITH {a: l, b: l} AS l" * 30 + " RETURN l",
    "WITH {a: [1]} AS m" + " WITH {a: m.a + m.a} AS m" * 30 + " RETURN m",
    "WITH [1] AS l" + " WITH [l] AS l" * 300 + " RETURN valueType(l)",
    "WITH 'a' AS s" + " WITH replace(s, 'a', 'aaaaaaaaaa') AS s" * 9 + " RETURN s",
    "WITH 'aaaa' AS s RETURN replace(s, 'a', s) AS s",
    "RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' =~ '(a|a)*b' AS x",
    "RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' =~ '(a+)+b' AS x",
    "RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' =~ '(a\\\\u002b)\\u002bb' AS x",
    "RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' =~ 'a*a*a*a*a*b' AS x",
    "RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' =~ 'a?a?a?a?a?a?a?aaaaaaa' AS x",
    "RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' =~ '(a|a)(a|a)(a|a)(a|a)b' AS x",
    "RETURN 'aaaaaaaa' =~ '(a*)\\\\1b' AS x",
    "RETURN 'a' =~ ('(a+)' + '+b') AS x",
    "MATCH (n) WHERE n.name =~ $pattern RETURN n",
    "RETURN round(1.5, 999999999) AS x",
    "WITH 999999999 AS d RETURN round(1.5, d) AS x",
    "MATCH (n) WHERE " + " XOR ".join(f"n.a{i} = 1" for i in range(40)) + " RETURN n",
    "MATCH (n:" + "&".join(f"(A{i}|B{i})" for i in range(40)) + ") RETURN n",
    "MATCH (n:!(" + "|".join(f"(A{i}|!B{i})" for i in range(40)) + ")) RETURN n",
    "MATCH (n) WHERE " + "(" * 40 + "n.a = 1" + " OR n.b = 1) AND n.c = 1" * 40 + " RETURN n",
    "RETURN '" + "a" * 6000 + "' AS s",
    "RETURN $long AS s",
]
"""What Neo4j works at for minutes or for ever, or dies of, whatever its limits: measured on 5.26."""

PARAMETERS = {"n": 100_000_000, "pattern": "(a+)+b", "long": "a" * 6000}
