"""`freesport profile`: one buyer's purchase profile, in the requirement's JSON shape or as a page."""

import json
from typing import Annotated

import typer

EXIT_UNKNOWN = 1


def profile(
    customer: Annotated[int | None, typer.Option(help="Number of the shop's customer (customers.id).")] = None,
    owner: Annotated[str | None, typer.Option(help="Id of the buyer in 1C, or of the card if it has no owner.")] = None,
    phone_hash: Annotated[
        str | None, typer.Option(help="SHA-256 (hex) of the phone, 7 and ten digits: no phone in the shell's history.")
    ] = None,
    page: Annotated[bool, typer.Option("--page", help="A page without personal data instead of JSON.")] = False,
) -> None:
    """Show the purchase profile of one buyer (профиль покупателя). The JSON holds personal data."""
    from freesport_pipelines.cli.sessions import open_database
    from freesport_pipelines.profiles.markdown import profile_markdown
    from freesport_pipelines.settings import get_onec_settings
    from freesport_pipelines.steps import one_profile

    if sum(value is not None for value in (customer, owner, phone_hash)) != 1:
        raise typer.BadParameter("name the buyer by one of --customer, --owner, --phone-hash")
    database, settings = open_database(), get_onec_settings()
    if customer is not None:
        owner = one_profile.owner_of_customer(database, customer)
    elif phone_hash is not None:
        owner = one_profile.owner_of_phone_hash(database, phone_hash)
    found = one_profile.stored_profile(database, owner) if owner else None
    if owner is None or found is None:
        typer.echo("there is no profile of this buyer: no card, or no run of the job buyer_profiles yet", err=True)
        raise typer.Exit(EXIT_UNKNOWN)
    if page:
        typer.echo(profile_markdown(found))
        return
    text = one_profile.requirement_json(database, settings, owner)
    typer.echo(json.dumps(json.loads(text or "{}"), ensure_ascii=False, indent=2))
