"""What the letters at the start of QIF lines mean, and which sections they stand in."""

from __future__ import annotations

ENTRY_FIELDS = {
    "D": "raw_date",
    "N": "number",
    "P": "payee",
    "M": "memo",
    "C": "cleared",
    "L": "category",
    "F": "reimbursable",
    "K": "memorized_type",
}
INVESTMENT_FIELDS = ENTRY_FIELDS | {
    "N": "action",
    "Y": "security",
    "Q": "quantity",
    "L": "transfer_account",
}
AMOUNTS = {"T": "amount", "U": "amount_again"}
INVESTMENT_AMOUNTS = AMOUNTS | {
    "I": "price",
    "O": "commission",
    "$": "transfer_amount",
}
ADDRESS = "A"
SPLIT_CATEGORY, SPLIT_MEMO, SPLIT_AMOUNT, SPLIT_PERCENT = "S", "E", "$", "%"
END = "^"

ACCOUNT_FIELDS = {
    "N": "name",
    "T": "type",
    "D": "description",
    "L": "credit_limit",
    "X": "tax_rate",
    "/": "balance_date",
    "$": "balance",
    "R": "tax_line",
}

REGISTERS = {
    "bank": "Bank",
    "cash": "Cash",
    "ccard": "CCard",
    "oth a": "Oth A",
    "oth l": "Oth L",
    "invst": "Invst",
    "port": "Port",
    "401(k)/403(b)": "401(k)/403(b)",
    "invoice": "Invoice",
}
"""Types of account sections, in the spelling of Quicken, by their lower case."""

INVESTMENT_TYPES = frozenset({"Invst", "Port", "401(k)/403(b)"})

LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "cat": (
        "categories",
        {
            "N": "name",
            "D": "description",
            "T": "tax_related",
            "I": "income",
            "E": "expense",
            "B": "budget",
            "R": "tax_line",
        },
    ),
    "class": ("classes", {"N": "name", "D": "description"}),
    "memorized": ("memorized", ENTRY_FIELDS | {"T": "amount", "U": "amount_again"}),
    "security": ("securities", {"N": "name", "S": "symbol", "T": "type", "G": "goal"}),
    "prices": ("prices", {}),
    "budget": ("budget", {"N": "name", "D": "description", "B": "budget"}),
    "tag": ("tags", {"N": "name", "D": "description"}),
    "template": ("templates", {"N": "name"}),
    "bill": ("bills", {"P": "payee", "D": "date", "T": "amount"}),
}
"""Lists that stand between account sections: their key in `lists`, their letters."""
