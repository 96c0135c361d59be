// Package jsondoc reads JSON documents lazily: one pass over the text checks all of it and notes where the members of
// each document lie, and nothing is decoded until it is asked for.
//
// A page of search results holds a hundred documents with some sixty members each, of which a script reads five. The
// parse functions ([ParsePage] for such a page, [ParseObject], [ParseArray], [ParseMembers], [ParseValue]) therefore
// return a [Doc] of offsets into the text; [Doc.Get] finds a member, and the methods of [Value] decode it. Documents of
// one kind nearly always have the same member names in the same order: a [Shapes] value, kept for each kind, shares
// them, so that a document costs one slice of offsets.
//
// The text must not change while a Doc or Value made from it is in use: both alias it. What leaves the package as a
// string, a number or an any is a copy, so keeping a decoded value does not keep a page in memory; [Doc.Clone] does the
// same for a whole document.
//
// The package accepts what encoding/json accepts, with two exceptions: text that is not valid UTF-8, and values nested
// more than [MaxDepth] deep, are refused. It does not write JSON; package pyjson does.
package jsondoc
