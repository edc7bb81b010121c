"""A camt.053 of any size through `iter_records`, beside a bare iterparse that reads seven fields.

    python benchmarks/streaming.py [--megabytes 200]

Prints entries a second of both in the same run, by the time that the process itself had, and how
far memory grew above the start.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from lxml import etree

import connectors

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
ENTRY = """<Ntry><NtryRef>{n}</NtryRef><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-31</Dt></BookgDt><ValDt><Dt>2026-01-31</Dt></ValDt>\
<AcctSvcrRef>SVC{n}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>\
<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>\
<EndToEndId>E2E-{n}</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Customer {n}</Nm></Pty></Dbtr>\
</RltdPties><RmtInf><Ustrd>Invoice {n}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
"""


def write_statement(path: Path, megabytes: int) -> int:
    """A statement of about that size; gives the number of its entries."""
    entries = megabytes * 1_000_000 // len(ENTRY.format(n=100_000, amount="10.00"))
    with path.open("w", encoding="utf-8") as file:
        file.write(
            f'<Document xmlns="{NAMESPACE}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt>'
            "<Id>S-1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        )
        for n in range(entries):
            file.write(ENTRY.format(n=n, amount=f"{n % 1000}.{n % 100:02}"))
        file.write("</Stmt></BkToCstmrStmt></Document>")
    return entries


def bare(path: Path) -> int:
    """Seven fields of each entry and nothing else."""
    names = [f"{{{NAMESPACE}}}{name}" for name in ("Amt", "CdtDbtInd", "AcctSvcrRef", "NtryRef")]
    paths = ["{*}BookgDt/{*}Dt", "{*}ValDt/{*}Dt", "{*}NtryDtls/{*}TxDtls/{*}Refs/{*}EndToEndId"]
    count = 0
    for _, element in etree.iterparse(str(path), tag=f"{{{NAMESPACE}}}Ntry"):
        for name in (*names, *paths):
            element.findtext(name)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
        count += 1
    return count


def ours(path: Path) -> int:
    """Every record of it, with keys, checks and issues."""
    with path.open("rb") as stream:
        return sum(1 for _ in connectors.iter_records(stream)) - 2


def peak() -> float:
    """Megabytes that the process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print both, and the ratio."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--megabytes", type=int, default=50)
    megabytes = ask.parse_args().megabytes
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement.xml"
        write_statement(path, 1)
        ours(path)  # everything is compiled and warm
        entries = write_statement(path, megabytes)
        start = peak()
        began = time.process_time()
        assert ours(path) == entries
        took = time.process_time() - began
        grown = peak() - start
        began = time.process_time()
        assert bare(path) == entries
        floor = time.process_time() - began
    print(f"{entries:,} entries, {megabytes} MB")
    print(f"iter_records     {entries / took:9,.0f} entries/s; memory grew by {grown:.0f} MB")
    print(f"bare iterparse   {entries / floor:9,.0f} entries/s; ours is {floor / took:.0%} of it")


if __name__ == "__main__":
    main()
