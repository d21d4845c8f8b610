import Testing
import TextExtraction

@Suite struct TextExtractorTests {
    private let extractor = TextExtractor()

    @Test(
        arguments: [
            ("application/pdf", .pdf), ("text/plain", .text), ("text/markdown; charset=utf-8", .text), ("text/", .text),
            ("application/json", .json), ("Application/JSON ; charset=utf-8", .json), ("application/jsonl", nil),
            ("application/octet-stream", nil), ("", nil), ("image/png", nil), ("pdf", nil), ("application/pdfx", nil),
        ] as [(String, UploadType?)]
    )
    func theContentTypeDecides(contentType: String, type: UploadType?) {
        #expect(UploadType(contentType: contentType) == type)
    }

    @Test func textIsReadInAnyEncoding() async throws {
        #expect(try await extractor.text(of: Array("héllo".utf8), as: .text) == "héllo")
        #expect(try await extractor.text(of: [0x61, 0xE9, 0x62], as: .text) == "aéb")
        #expect(try await extractor.text(of: [], as: .text).isEmpty)
    }

    @Test func jsonIsWrittenAnew() async throws {
        #expect(try await extractor.text(of: Array(#"{"a":[1,"\u00e9"]}"#.utf8), as: .json) == #"{"a": [1, "é"]}"#)
        await #expect(throws: ExtractionFault.jsonInvalid) {
            try await extractor.text(of: Array("{".utf8), as: .json)
        }
        await #expect(throws: ExtractionFault.jsonNotUTF8) { try await extractor.text(of: [0xFF], as: .json) }
    }

    @Test func pagesThatAreNotBlankAreNumbered() async throws {
        let document = PDFDocument(pages: ["First page\nsecond line", "", "Third \u{E9}"]).bytes
        let text = try await extractor.text(of: document, as: .pdf)
        #expect(text == "[Page 1]\nFirst page\nsecond line\n\n[Page 3]\nThird é")
    }

    @Test func aDocumentWithoutTextHasNone() async throws {
        #expect(try await extractor.text(of: PDFDocument(pages: ["", ""]).bytes, as: .pdf).isEmpty)
    }
}
