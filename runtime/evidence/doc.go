// Package evidence keeps the files that scripts save, and a manifest of them: a line of JSON for each file, with its size
// and hashes, the run that saved it, and the endpoint that its bytes came from.
//
//	book := evidence.NewBook()                       // is told what is received from endpoints
//	folder, err := evidence.Open(dir, evidence.Config{Book: book, Script: "collect.star"})
//	size, err := folder.Save(ctx, "ws-12/hosts", data)
//	err = folder.Close()
//
//	report, err := evidence.Verify(ctx, dir)         // later: is everything as it was saved?
//
// Each line holds the SHA-256 of the line before it, so that a line that was changed, taken away or put between others is
// seen. The end of the chain is protected by what is kept elsewhere: the manifest's own SHA-256, which a run tells at its
// end, or a signature.
//
// Where a file came from is not what a script says of it. The bytes that a server sends are hashed on their way, by the
// process that holds the credentials; a saved file has the sources whose bytes were the same, and a file that a script
// changed has none.
package evidence
