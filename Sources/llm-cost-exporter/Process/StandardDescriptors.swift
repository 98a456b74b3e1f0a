// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The descriptors 0, 1 and 2 of the process.
enum StandardDescriptors {
    /// Opens those that the process was started without.
    ///
    /// Otherwise the first file or socket that is opened gets the number, and log lines go into it. They are opened so that using
    /// them stays an error: input for writing, output for reading.
    static func fill() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
            let mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
            // The system assigns the lowest free number, which is this one, since all lower ones are open.
            if unsafe open("/dev/null", mode) == -1 { _ = unsafe open("/", O_RDONLY) }
        }
    }
}
