// Package runtime runs Starlark scripts.
package runtime
