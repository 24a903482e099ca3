"""Neo4j Community from its jars in Maven's repository, run by a JDK 17 or 21 as a process of its own.

Neo4j is under GPLv3; nothing of it is carried here.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import neo4j
import neo4j.exceptions

from services.server import HOST, Failed, Missing, Server

POM = Path(__file__).with_name("neo4j-pom.xml")
JARS = Path(__file__).parents[1] / ".services" / "jars"
"""Shared by all servers of a checkout."""
FIRST_PASSWORD = "neo4j"  # what a new server asks for, until it is changed
JDK = "a JDK 17 or 21 and Maven (Debian: apt-get install openjdk-17-jdk-headless maven)"

QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""A server that lives for minutes spends half its start on compiling what it will hardly use."""

CONFIG = """\
server.default_listen_address={host}
server.bolt.listen_address={host}:{port}
server.bolt.advertised_address={host}:{port}
server.http.enabled=false
server.memory.pagecache.size=128m
dbms.usage_report.enabled=false
dbms.security.allow_csv_import_from_file_urls=false
dbms.security.auth_minimum_password_length=8
dbms.memory.transaction.total.max=512m
db.memory.transaction.max=96m
db.transaction.timeout=60s
server.bolt.connection_keep_alive=5s
"""


class Neo4j(Server):
    """One server with the database ``neo4j``."""

    name = "Neo4j"
    user = "neo4j"
    seconds = 120.0

    @property
    def url(self) -> str:
        return f"bolt://{self.user}:{self.password}@{HOST}:{self.port}"

    @property
    def address(self) -> str:
        """For the driver, which takes user and password apart from the address."""
        return f"bolt://{HOST}:{self.port}"

    def prepare(self) -> None:
        _java()
        _fetch_jars()
        for name in ("conf", "data", "logs", "plugins", "import", "run"):
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "conf" / "neo4j.conf").write_text(CONFIG.format(host=HOST, port=self.port))

    def command(self) -> Sequence[str]:
        packages = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
        opens = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in packages]
        places = [f"--home-dir={self.folder}", f"--config-dir={self.folder / 'conf'}"]
        jvm = [*QUICK, "-Xms256m", "-Xmx1g", *opens, "-cp", f"{JARS}/*"]
        return [_java(), *jvm, "org.neo4j.server.CommunityEntryPoint", *places]

    def load(self, folder: Path, arguments: str) -> str:
        """What ``neo4j-admin database import full`` says, run in a folder; the server is stopped, and its
        database is overwritten. Raises ``Failed``."""
        self.prepare()
        command = [_java(), *QUICK, "-Xmx1g", "-cp", f"{JARS}/*", "org.neo4j.cli.AdminTool"]
        command += ["database", "import", "full", f"@{arguments}", "--overwrite-destination", "neo4j"]
        environment = {**os.environ, "NEO4J_HOME": str(self.folder), "NEO4J_CONF": str(self.folder / "conf")}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=900
        )
        if done.returncode:
            raise Failed(f"Neo4j: the import failed: {(done.stdout + done.stderr).strip()[-2000:]}")
        return done.stdout

    def answers(self) -> bool:
        try:
            with self._driver(self.password) as driver:
                driver.verify_connectivity()
            return True
        except neo4j.exceptions.ClientError:
            return self._set_password()
        except (neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError, OSError):
            return False

    def wipe(self) -> None:
        """Take everything out of its database, whoever wrote it, and keep the schema."""
        with self._driver(self.password) as driver, driver.session() as session:
            session.run("MATCH (n) WHERE NOT n:Migration DETACH DELETE n").consume()

    def _set_password(self) -> bool:
        try:
            with self._driver(FIRST_PASSWORD) as driver, driver.session(database="system") as session:
                change = "ALTER CURRENT USER SET PASSWORD FROM $old TO $new"
                session.run(change, old=FIRST_PASSWORD, new=self.password).consume()
            return True
        except (neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError, OSError):
            return False

    def _driver(self, password: str) -> neo4j.Driver:
        return neo4j.GraphDatabase.driver(
            self.address, auth=(self.user, password), connection_timeout=5, max_transaction_retry_time=0
        )


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        raise Missing(f"Neo4j: no java; install {JDK}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) not in (17, 21):
        raise Missing(f"Neo4j: {said.splitlines()[0] if said else 'java'} does not do; install {JDK}")
    return java


def _fetch_jars() -> None:
    """Copy the server's jars to ``JARS`` once; processes that come at the same time wait for the first."""
    JARS.parent.mkdir(parents=True, exist_ok=True)
    with (JARS.parent / "jars.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if JARS.is_dir():
            return
        if shutil.which("mvn") is None:
            raise Missing(f"Neo4j: no mvn to fetch it with; install {JDK}")
        fresh = JARS.with_name("jars.new")
        shutil.rmtree(fresh, ignore_errors=True)
        command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies"]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"Neo4j: Maven could not fetch its jars: {done.stdout.strip()[-600:]}")
        fresh.rename(JARS)
