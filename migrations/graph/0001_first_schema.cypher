// Every statement must be safe to run again: it may have run before its step was recorded.
// One statement a transaction, ended by a semicolon at the end of a line.

CREATE CONSTRAINT projection_name IF NOT EXISTS FOR (n:Projection) REQUIRE n.name IS UNIQUE;

CREATE CONSTRAINT document_uid IF NOT EXISTS FOR (n:Document) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT sentence_uid IF NOT EXISTS FOR (n:Sentence) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT mention_uid IF NOT EXISTS FOR (n:Mention) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT assertion_uid IF NOT EXISTS FOR (n:Assertion) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT entity_uid IF NOT EXISTS FOR (n:Entity) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT predicate_uid IF NOT EXISTS FOR (n:Predicate) REQUIRE n.uid IS UNIQUE;

CREATE FULLTEXT INDEX entity_name IF NOT EXISTS FOR (n:Entity) ON EACH [n.name];
CREATE FULLTEXT INDEX sentence_text IF NOT EXISTS FOR (n:Sentence) ON EACH [n.text];
