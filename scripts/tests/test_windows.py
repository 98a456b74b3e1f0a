# SPDX-License-Identifier: Apache-2.0
import unittest

import samples  # puts the importer on the path, so it comes first
from prices import windows


class WindowTests(unittest.TestCase):
    def test_flat_hours_and_weekday_rules_are_taken_over(self):
        rule = {"hours_utc": "16:30-00:30", "windows": [{"hours_utc": ["00:00-00:00"], "weekdays": ["6", "7"]}]}
        self.assertEqual(
            windows.off_peak_windows(rule),
            [{"hours_utc": ["16:30-00:30"]}, {"days": [6, 7], "hours_utc": ["00:00-00:00"]}],
        )

    def test_a_foreign_calendar_is_accepted_where_it_covers_the_same_minutes(self):
        rule = {
            "weekday_timezone": "Asia/Shanghai",
            "windows": [
                {"hours_utc": ["00:00-01:00", "10:00-00:00"], "weekdays": ["1", "2", "3", "4", "5"]},
                {"hours_utc": "00:00-00:00", "weekdays": ["6", "7"]},
            ],
        }
        self.assertEqual(len(windows.off_peak_windows(rule)), 2)

    def test_a_foreign_calendar_that_means_other_minutes_is_refused(self):
        rule = {"weekday_timezone": "Asia/Shanghai", "windows": [{"hours_utc": "00:00-00:00", "weekdays": ["6"]}]}
        with self.assertRaisesRegex(windows.WindowError, "Asia/Shanghai"):
            windows.off_peak_windows(rule)

    def test_peak_hours_learn_their_days(self):
        low, high = samples.price(input="1"), samples.price(input="2")
        ours = [low, dict(high, windows=[{"hours_utc": ["01:00-04:00"]}])]
        free_weekend = [{"days": [6, 7], "hours_utc": ["00:00-00:00"]}, {"days": [1], "hours_utc": ["10:00-00:00"]}]
        windows.adopt_weekdays(ours, [high, dict(low, windows=free_weekend)])
        self.assertEqual(ours[1]["windows"], [{"days": [1, 2, 3, 4, 5], "hours_utc": ["01:00-04:00"]}])

    def test_peak_hours_at_another_price_stay_as_they_are(self):
        ours = [samples.price(input="1"), dict(samples.price(input="3"), windows=[{"hours_utc": ["01:00-04:00"]}])]
        off_peak = dict(samples.price(input="1"), windows=[{"days": [6, 7], "hours_utc": ["00:00-00:00"]}])
        windows.adopt_weekdays(ours, [samples.price(input="2"), off_peak])
        self.assertEqual(ours[1]["windows"], [{"hours_utc": ["01:00-04:00"]}])


if __name__ == "__main__":
    unittest.main()
