"""What every table belongs to, and the kind of number that counts them up."""

from sqlalchemy import BigInteger, Integer, MetaData

METADATA = MetaData()
NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up in INTEGER alone
