// Package events decodes the events of a process: what it loaded, wrote, connected to, started, opened and was kept from.
//
// The server sends up to seven lists, in a form that depends on the version of the route ([Version]). [Decode] takes the process
// object of the answer and gives [Lists], which decodes each list when it is first asked for, and only that one. An entry that
// cannot be parsed does not spoil its list and is not passed over either: it is reported in an [*IncompleteError] beside
// the events that could be read.
//
// Every event has a [Type], the table from which the names of its attributes, their documentation, their values and their
// printed form are taken. Nothing here talks to a server: the objects that events refer to (binaries, other processes) are named
// by hash and guid.
//
// Source: contract/events.md, part A.
package events
