"""What a party is, in words."""

from slactl.model.estate import Estate


def roles(estate: Estate, name: str) -> str:
    """A party's roles: `a customer and a supplier`."""
    words = {"customer": "a customer", "internal": "a team of the organization", "supplier": "a supplier"}
    return " and ".join(words[role] for role in sorted(estate.parties[name].roles))
