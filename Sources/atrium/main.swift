import ArgumentParser
import Configuration
import Crypto
import GRDB
import Hummingbird
import JWTKit
import Logging
import Metrics
import ServiceLifecycle
print("hi")
