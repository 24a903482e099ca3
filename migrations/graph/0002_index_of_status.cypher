// Assertions by how far they are linked, as `MATCH (a:Assertion {status: 'partial'})`.

CREATE INDEX assertion_status IF NOT EXISTS FOR (n:Assertion) ON (n.status);
