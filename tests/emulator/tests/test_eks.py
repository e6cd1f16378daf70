"""Rules of EKS that the emulator restores."""

import unittest

from emulator import Emulator
