"""Wire grammars: bytes to plain trees and back, with no finance meaning."""
