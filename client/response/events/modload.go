package events

import "github.com/cbscript/cbscript/client/jsondoc"

// Modload is the load of a module, such as a library, into the process.
//
// Source: contract/events.md, A.1.
type Modload struct {
	Header
	// MD5 is the hash of the module's file, in lower case.
	MD5 string
	// Path is where the file lay.
	Path string
}

// Type is the table of module loads.
func (*Modload) Type() *Type { return modloadType }

var modloadType = &Type{
	Name: "CbModLoadEvent", Title: "Cb Module Load event", List: "modload_complete",
	Doc: "A module, such as a library, that the process loaded.",
	Attributes: withCommon(
		attribute("md5", "string", "The MD5 of the module's file, in lower case.", func(e *Modload) any { return e.MD5 }),
		attribute("path", "string", "The path of the module's file.", func(e *Modload) any { return e.Path }),
	),
	Printed: []string{"timestamp", "md5", "path"},
}

// modloadEntry reads time|md5|path.
func modloadEntry(entry jsondoc.Value, sequence int) (*Modload, error) {
	parts, err := piped(entry, 3, 3, 2)
	if err != nil {
		return nil, err
	}
	h, err := header(parts[0], sequence, false)
	if err != nil {
		return nil, err
	}
	return &Modload{Header: h, MD5: parts[1], Path: parts[2]}, nil
}
