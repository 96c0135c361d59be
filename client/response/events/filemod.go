package events

import (
	"strconv"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// Filemod is a change of a file.
//
// Source: contract/events.md, A.2.
type Filemod struct {
	Header
	// Operation is what was done.
	Operation FileOperation
	// Path is the file's path.
	Path string
	// MD5 is the hash of the file's content; the sensor gives it for the last write only, and it is empty otherwise.
	MD5 string
	// FileType is what the sensor took the file's content for.
	FileType FileType
}

// FileOperation is a way to change a file. Zero and every number without a name stand for an unknown way.
type FileOperation int

// The ways to change a file.
const (
	FileCreated    FileOperation = 1
	FileFirstWrote FileOperation = 2
	FileDeleted    FileOperation = 4
	FileLastWrote  FileOperation = 8
)

// String is CreatedFile, FirstWrote, Deleted or LastWrote, and empty for an unknown way.
func (o FileOperation) String() string {
	switch o {
	case FileCreated:
		return "CreatedFile"
	case FileFirstWrote:
		return "FirstWrote"
	case FileDeleted:
		return "Deleted"
	case FileLastWrote:
		return "LastWrote"
	}
	return ""
}

// FileType is a format of files. Zero and every number without a name stand for an unknown format.
type FileType int

// The formats that sensors tell apart.
const (
	FilePE    FileType = 1
	FileELF   FileType = 2
	FileMachO FileType = 3
	FileEICAR FileType = 8
	FileDOC   FileType = 16
	FileDOCX  FileType = 17
	FilePDF   FileType = 48
	FileZIP   FileType = 64
	FileLZH   FileType = 65
	FileLZW   FileType = 66
	FileRAR   FileType = 67
	FileTAR   FileType = 68
	File7Z    FileType = 69
)

// String is the format's short name, for example PE or 7Z; Unknown for an unknown one.
func (t FileType) String() string {
	switch t {
	case FilePE:
		return "PE"
	case FileELF:
		return "ELF"
	case FileMachO:
		return "MachO"
	case FileEICAR:
		return "EICAR"
	case FileDOC:
		return "DOC"
	case FileDOCX:
		return "DOCX"
	case FilePDF:
		return "PDF"
	case FileZIP:
		return "ZIP"
	case FileLZH:
		return "LZH"
	case FileLZW:
		return "LZW"
	case FileRAR:
		return "RAR"
	case FileTAR:
		return "TAR"
	case File7Z:
		return "7Z"
	}
	return "Unknown"
}

// Type is the table of file modifications.
func (*Filemod) Type() *Type { return filemodType }

var filemodType = &Type{
	Name: "CbFileModEvent", Title: "Cb File Modification event", List: "filemod_complete",
	Doc: "A file that the process made, wrote or deleted.",
	Attributes: withCommon(
		attribute("type", "string", "What was done: CreatedFile, FirstWrote, Deleted or LastWrote; None if unknown.",
			func(e *Filemod) any { return wordOrNone(e.Operation.String()) }),
		attribute("path", "string", "The path of the file.", func(e *Filemod) any { return e.Path }),
		attribute("md5", "string", "The MD5 of the file after its last write; empty for other events.", func(e *Filemod) any { return e.MD5 }),
		attribute("filetype", "string", "What the content was taken for, such as PE, ELF, PDF or ZIP; Unknown if not known.",
			func(e *Filemod) any { return e.FileType.String() }),
		tamperFlag(),
	),
	Printed: []string{"timestamp", "type", "path", "filetype", "md5"},
}

// filemodEntry reads type|time|path|md5|filetype|tamper, of which the last two may lack. An empty entry is no event.
func filemodEntry(entry jsondoc.Value, sequence int) (*Filemod, error) {
	if entry.Kind() == jsondoc.String && entry.Text() == "" {
		return nil, nil
	}
	parts, err := piped(entry, 4, 6, 2)
	if err != nil {
		return nil, err
	}
	h, err := header(parts[1], sequence, isTrue(parts, 5))
	if err != nil {
		return nil, err
	}
	e := &Filemod{Header: h, Operation: FileOperation(word(parts[0])), Path: parts[2], MD5: parts[3]}
	if len(parts) > 4 {
		e.FileType = FileType(word(parts[4]))
	}
	return e, nil
}

// word reads the number of an enumeration; 0, which has no name, for what is no number.
func word(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
