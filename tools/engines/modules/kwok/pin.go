//go:build pin

// Package pin keeps the program among this module's requirements, so that go.mod and go.sum pin all that it is built from.
package pin

import _ "sigs.k8s.io/kwok/cmd/kwok"
