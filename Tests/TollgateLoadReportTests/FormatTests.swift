// The report's format version stays what files on disk say.

import Testing
import TollgateLoadReport

@Test func theFormatIsVersionOne() { #expect(LoadReportFormat.version == 1) }
