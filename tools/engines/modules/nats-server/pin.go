//go:build pin

// Package pin keeps the program among this module's requirements, so that go.mod and go.sum pin all that it is built from.
package pin

import _ "github.com/nats-io/nats-server/v2"
