"""People: added by link, imported by table, changed, removed; teams decide what leads open."""

from tests.web.conftest import OURS, THEIRS, House, text_of

TABLE = """email,name,roles,language,team,agent_id
new.lead@own.test,Luuk de Vries,lead,nl,Day,
anna@own.test,Anna Kovács,agent,hu,Day,A-9
,,,,Day,A-10
broken,No Address,lead,nl,Day,
x@own.test,No Role,chief,nl,Day,
,,,,,A-11
"""


def test_a_table_is_taken_in_row_by_row(house: House) -> None:
    """Each row is a user, an agent or both; what is wrong is told by its line, the rest goes in."""
    admin = house.as_role("admin")
    page = admin.post("/people/import", files={"file": ("people.csv", TABLE.encode())})
    told = text_of(page)
    assert "6 rows: 2 users, 2 agents, 3 rejected." in told
    for line in ("line 5", "line 6", "line 7"):
        assert line in told
    assert "Day: 2 agents" in told
    again = text_of(admin.post("/people/import", files={"file": ("people.csv", TABLE.encode())}))
    assert "6 rows: 2 users, 2 agents, 3 rejected." in again
    assert again.count("Luuk de Vries") == told.count("Luuk de Vries")


def test_a_team_decides_what_a_lead_opens(house: House) -> None:
    """An agent who moves takes their conversations along to another lead."""
    lead = house.as_role("lead")
    assert lead.get(f"/conversations/{OURS}-elsewhere").status_code == 404
    table = "agent_id,team\nA-9,Evening\n"
    house.as_role("admin").post("/people/import", files={"file": ("a.csv", table.encode())})
    assert lead.get(f"/conversations/{OURS}-elsewhere").status_code == 200


def test_files_that_are_no_table_say_so(house: House) -> None:
    """Another encoding, other columns: one sentence, and nothing changes."""
    admin = house.as_role("admin")
    for raw in ("naïve".encode("utf-16"), b"a;b;c\n1;2;3\n", b""):
        told = text_of(admin.post("/people/import", files={"file": ("x.csv", raw)}))
        assert "0 rows: 0 users, 0 agents, 1 rejected." in told


def test_a_link_is_shown_once_and_lets_in(house: House) -> None:
    """Whoever adds somebody gives them the link; no password is sent anywhere."""
    admin = house.as_role("admin")
    page = admin.post(
        "/people/users", {"email": "Dora@Own.test ", "name": "Dóra", "roles": ["dpo"]}
    )
    link = page.text.split('<code class="secret">')[1].split("<")[0]
    assert link.startswith("http://kindline.test/link/")
    assert "/link/" not in admin.get("/people").text.split("<tbody>")[1].split("secret")[0]
    path = link.removeprefix("http://kindline.test")
    assert house.nobody().post(path, {"password": "lampion rivier kwartje"}).status_code == 303
    signed = house.nobody().post(
        "/sign-in", {"email": "dora@own.test", "password": "lampion rivier kwartje"}
    )
    assert signed.status_code == 303
    twice = admin.post("/people/users", {"email": "dora@own.test", "name": "x"})
    assert twice.status_code == 422


def test_a_change_of_roles_ends_sessions(house: House) -> None:
    """Nobody goes on with what they may no longer."""
    planner = house.as_role("planner")
    user_id = house.user_ids[OURS, "planner"]
    assert planner.get("/overview").status_code == 200
    changed = house.as_role("admin").post(
        f"/people/users/{user_id}", {"name": "P", "roles": ["agent"]}
    )
    assert changed.status_code == 303
    assert planner.get("/overview").headers["location"] == "/sign-in"
    assert house.as_role("planner").get("/overview").status_code == 403


def test_nobody_removes_themselves_or_takes_anothers_address(house: House) -> None:
    """An installation keeps an administrator; an address is one person's, whatever the tenant."""
    admin = house.as_role("admin")
    own = house.user_ids[OURS, "admin"]
    assert admin.post(f"/people/users/{own}/remove").status_code == 422
    taken = admin.post("/people/users", {"email": f"lead@{THEIRS}.test", "name": "x"})
    assert taken.status_code == 422
    table = f"email,name,roles\nlead@{THEIRS}.test,Mine,admin\n"
    told = text_of(admin.post("/people/import", files={"file": ("x.csv", table.encode())}))
    assert "1 rejected" in told
