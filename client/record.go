package client

import (
	"context"
	"io"
	"iter"
)

// Record is a read-only value with named attributes that is not a model: an event, a signature, a network interface.
// It is safe for concurrent use.
type Record interface {
	// Type is the name that type() gives.
	Type() string
	// Names lists the attributes, sorted.
	Names() []string
	// Get gives an attribute, or a [NoSuchAttributeError]. It may make a request when the attribute is a join.
	Get(ctx context.Context, name string) (any, error)
	// String is what print() shows. It makes no request.
	String() string
}

// RecordMethods is a Record that has methods besides.
type RecordMethods interface {
	Record
	// Methods lists them. Each is called with the record's own state bound.
	Methods() []RecordMethod
}

// RecordMethod is a method of a Record.
type RecordMethod struct {
	Name    string
	Params  []Param
	Returns string
	Doc     string
	// Capability is what the call needs. The requests that it makes ask for it themselves: here it is told.
	Capability Capability
	Do         func(ctx context.Context, args Args) (any, error)
}

// RecordType describes the records of a type, for help and the reference.
type RecordType struct {
	Name       string            // as Type gives it
	Doc        string            // what such a record is
	Attributes []RecordAttribute // those of Names
	Methods    []RecordMethod    // for reading: they are not to be called
	// Through is the method by which alone such a record is had, when that needs whatever the record's own methods need;
	// else empty.
	Through string
}

// RecordAttribute describes an attribute of a Record.
type RecordAttribute struct {
	Name    string
	Returns string // the type of its values
	Doc     string
}

// DescribedRecord is a Record that describes its type.
type DescribedRecord interface {
	Record
	// Describe gives what holds for all records of the type. The zero value of the record's Go type answers too.
	Describe() RecordType
}

// Future is a Record that stands for work which is under way.
type Future interface {
	Record
	// Done is closed when the work has come to its end.
	Done() <-chan struct{}
	// Settle waits for that and calls the functions that wait for it. Its error is that of ctx or of such a function.
	Settle(ctx context.Context) error
}

// Sequence is a list that is made while it is read, so that what is not read is not asked for. An error is the last
// thing that it yields.
type Sequence iter.Seq2[any, error]

// File is a file that is read as it arrives. The reader closes it.
type File struct {
	Name string
	Size int64 // in bytes, or -1 when it is not known
	io.ReadCloser
}
