package events

import (
	"fmt"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// Processblock is a process that was kept from running, or ended, because its program is banned.
//
// Source: contract/events.md, A.7.
type Processblock struct {
	Header
	// BlockType, BlockEvent, BlockResult and BlockError are what the program was recognised by, when that happened, what became of the
	// process, and the system's error number; as the server sent them.
	BlockType, BlockEvent, BlockResult, BlockError any
	// MD5 is the hash of the program.
	MD5 string
	// Path is where the program lay.
	Path string
	// CommandLine is the process's command line.
	CommandLine string
	// UID is the id of the account that it ran as, or was to run as, and UserName its name.
	UID, UserName string
}

// Type is the table of process blocks.
func (*Processblock) Type() *Type { return processblockType }

var processblockType = &Type{
	Name: "CbProcessBlockEvent", Title: "Cb Process Block event", List: "processblock_complete",
	Doc: "A process that was kept from starting, or was ended, by a ban.",
	Attributes: withCommon(
		attribute("type", "string", "What the program was recognised by.", func(e *Processblock) any { return e.BlockType }),
		attribute("event", "string", "What made the sensor look: the start of the process, or finding it running.", func(e *Processblock) any { return e.BlockEvent }),
		attribute("result", "string", "What became of the process.", func(e *Processblock) any { return e.BlockResult }),
		attribute("error", "int", "The system's error number, 0 for none.", func(e *Processblock) any { return e.BlockError }),
		attribute("md5", "string", "The MD5 of the program.", func(e *Processblock) any { return e.MD5 }),
		attribute("path", "string", "The path of the program.", func(e *Processblock) any { return e.Path }),
		attribute("cmdline", "string", "The command line of the process.", func(e *Processblock) any { return e.CommandLine }),
		attribute("uid", "string", "The id of the account, as a SID on Windows.", func(e *Processblock) any { return e.UID }),
		attribute("username", "string", "The name of the account.", func(e *Processblock) any { return e.UserName }),
	),
	Printed: []string{"timestamp", "type", "event", "result", "error", "md5", "path", "cmdline", "uid", "username"},
}

// processblockEntry reads an object, which the server sends as JSON within a string.
func processblockEntry() func(entry jsondoc.Value, sequence int) (*Processblock, error) {
	shapes := new(jsondoc.Shapes)
	return func(entry jsondoc.Value, sequence int) (*Processblock, error) {
		if entry.Kind() == jsondoc.String {
			inner, err := jsondoc.ParseValue([]byte(entry.Text()))
			if err != nil {
				return nil, fmt.Errorf("want an object as JSON text: %w", err)
			}
			entry = inner
		}
		o, err := newObject(entry, shapes)
		if err != nil {
			return nil, err
		}
		h, err := o.header("timestamp", sequence, false)
		if err != nil {
			return nil, err
		}
		return &Processblock{
			Header: h, BlockType: o.any("block_type"), BlockEvent: o.any("block_event"), BlockResult: o.any("block_result"),
			BlockError: o.any("block_error"), MD5: o.text("blocked_md5"), Path: o.text("blocked_path"),
			CommandLine: o.text("blocked_cmdline"), UID: o.text("blocked_uid"), UserName: o.text("blocked_username"),
		}, nil
	}
}

// any is a member decoded; nil when it is absent.
func (o object) any(name string) any {
	v, _ := o.doc.Get(name)
	return v.Any()
}
