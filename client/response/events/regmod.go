package events

import (
	"strings"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// Regmod is a change of the registry.
//
// Source: contract/events.md, A.3.
type Regmod struct {
	Header
	// Operation is what was done.
	Operation RegOperation
	// Path is the key or value, as \registry\machine\... or \registry\user\....
	Path string
}

// RegOperation is a way to change the registry. Zero and every number without a name stand for an unknown way.
type RegOperation int

// The ways to change the registry.
const (
	RegCreatedKey   RegOperation = 1
	RegFirstWrote   RegOperation = 2
	RegDeletedKey   RegOperation = 4
	RegDeletedValue RegOperation = 8
)

// String is CreatedKey, FirstWrote, DeletedKey or DeletedValue, and empty for an unknown way.
func (o RegOperation) String() string {
	switch o {
	case RegCreatedKey:
		return "CreatedKey"
	case RegFirstWrote:
		return "FirstWrote"
	case RegDeletedKey:
		return "DeletedKey"
	case RegDeletedValue:
		return "DeletedValue"
	}
	return ""
}

// Type is the table of registry modifications.
func (*Regmod) Type() *Type { return regmodType }

var regmodType = &Type{
	Name: "CbRegModEvent", Title: "Cb Registry Modification event", List: "regmod_complete",
	Doc: "A registry key or value that the process made, wrote or deleted.",
	Attributes: withCommon(
		attribute("type", "string", "What was done: CreatedKey, FirstWrote, DeletedKey or DeletedValue; None if unknown.",
			func(e *Regmod) any { return wordOrNone(e.Operation.String()) }),
		attribute("path", "string", `The key or value, as \registry\machine\... or \registry\user\....`, func(e *Regmod) any { return e.Path }),
		tamperFlag(),
	),
	Printed: []string{"timestamp", "type", "path"},
}

// regmodEntry reads type|time|path|tamper, of which the last may lack.
func regmodEntry(entry jsondoc.Value, sequence int) (*Regmod, error) {
	parts, err := piped(entry, 3, 3, 2)
	if err != nil {
		return nil, err
	}
	// Names of values may hold bars, so the last part is the flag only if it reads like one.
	path, tamper := parts[2], false
	if i := strings.LastIndexByte(path, '|'); i >= 0 {
		switch path[i+1:] {
		case "true", "false", "":
			path, tamper = path[:i], path[i+1:] == "true"
		}
	}
	h, err := header(parts[1], sequence, tamper)
	if err != nil {
		return nil, err
	}
	return &Regmod{Header: h, Operation: RegOperation(word(parts[0])), Path: path}, nil
}
