// Package clock holds the values of the script's time module: [Time], a moment, and [Duration], a length of
// time. They answer to the names of Starlark's own time module and to those that Python's datetime and
// timedelta give, and print as Python's do, because scripts are carried over from there
// (docs/decisions/010-time-values.md).
//
// Times of the servers are in UTC, and a time in UTC prints without a zone: 2016-11-11 20:59:31.631000.
//
// The present is handed in: [SetNow] gives a thread its clock, without which [Now] fails.
package clock
