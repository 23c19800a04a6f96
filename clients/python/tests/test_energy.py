import os
import tempfile
import unittest
from unittest import mock

from millwright.energy import EnergyMeter
from millwright.gpu import parse_smi

MICRO = 1_000_000


class Energy(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.root = place.name

    def counter(self, folder, **files):
        os.makedirs(os.path.join(self.root, folder), exist_ok=True)
        for name, content in files.items():
            with open(os.path.join(self.root, folder, name), "w") as file:
                file.write("%s\n" % content)

    def test_counts_packages_once_and_over_the_end_of_the_counter(self):
        self.counter("intel-rapl:0", name="package-0", energy_uj=90 * MICRO, max_energy_range_uj=100 * MICRO)
        self.counter("intel-rapl:0:0", name="core", energy_uj=0, max_energy_range_uj=100 * MICRO)
        self.counter("intel-rapl:1", name="psys", energy_uj=0, max_energy_range_uj=100 * MICRO)
        meter = EnergyMeter(4, None, self.root)
        self.counter("intel-rapl:0", energy_uj=30 * MICRO)
        self.counter("intel-rapl:0:0", energy_uj=30 * MICRO)
        self.counter("intel-rapl:1", energy_uj=30 * MICRO)
        self.assertAlmostEqual(meter.add(10, 0.5, None), 4.0)
        (part,) = meter.report()["parts"]
        self.assertEqual((part["part"], part["method"]), ("cpu", "measured"))
        self.assertAlmostEqual(part["kilowattHours"], 40 / 3_600_000, places=9)

    def test_estimates_by_load_and_says_how(self):
        meter = EnergyMeter(2, 10e9, self.root)
        self.assertAlmostEqual(meter.add(3600, 0.5, 100), 2 * (0.74 + 2.76 * 0.5) + 3.92 + 100)
        parts = {part["part"]: part for part in meter.report()["parts"]}
        self.assertEqual(parts["cpu"]["method"], "estimated")
        self.assertIn("2 CPUs", parts["cpu"]["source"])
        self.assertEqual(parts["gpu"]["kilowattHours"], 0.1)
        self.assertAlmostEqual(meter.kilowatt_hours, meter.report()["kilowattHours"], places=6)

    def test_goes_on_from_what_was_counted_before(self):
        first = EnergyMeter(2, 10e9, self.root)
        first.add(3600, 1, None)
        second = EnergyMeter(2, 10e9, self.root)
        second.go_on_from(first.report())
        second.add(1800, 1, None)
        self.assertAlmostEqual(second.kilowatt_hours, first.kilowatt_hours * 1.5, places=6)
        self.assertEqual(second.report()["seconds"], 5400)

    def test_takes_the_design_power_somebody_states(self):
        with mock.patch.dict(os.environ, MILLWRIGHT_CPU_TDP_WATTS="65"):
            self.assertAlmostEqual(EnergyMeter(8, None, self.root).add(10, 0.5, None), 32.5)

    def test_reads_what_nvidia_smi_prints(self):
        one, two = parse_smi("NVIDIA A100, 550.1, 40960, 1024, 87, 250.5, 400\nTesla K80, 470.2, 11441, 0, [N/A], [N/A], [N/A]\n")
        self.assertEqual((one.utilization_percentage, one.power_watts, one.memory_used_bytes), (87, 250.5, 1024**3))
        self.assertEqual((two.name, two.utilization_percentage, two.power_watts), ("Tesla K80", None, None))
