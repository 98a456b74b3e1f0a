// SPDX-License-Identifier: Apache-2.0

// Which settings a reload changes.
extension Settings {
    /// Takes the settings that a reload can change from newer settings, and keeps the others.
    ///
    /// - Parameter newer: The settings as the file has them now.
    /// - Returns: The settings in force from now on, and the keys whose new value takes effect at the next start, sorted.
    func reloaded(from newer: Settings) -> (settings: Settings, needRestart: [String]) {
        var (settings, needRestart) = (self, [String]())
        for (name, setting) in SettingsFile.all {
            if let takeOver = setting.takeOver {
                takeOver(newer, &settings)
            } else if setting.differs(self, newer) {
                needRestart.append(name)
            }
        }
        return (settings, needRestart.sorted())
    }
}
