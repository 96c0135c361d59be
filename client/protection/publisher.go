package protection

import "github.com/cbscript/cbscript/client"

// Publisher is someone who signs files. Source: contract/protection.md, "Models".
var Publisher = define(older(client.Kind{
	Name: "Publisher", Route: base + "publisher", Allows: writable,
	Doc: "Someone who signs files, and what holds for these.", Fields: publisherFields,
	Cautions: signerCautions("publisherState", "name"),
}))

// Certificate is what files were signed with. Source: contract/protection.md, "Models" and "Constants".
var Certificate = define(older(client.Kind{
	Name: "Certificate", Route: base + "certificate", Allows: writable,
	Doc:    "A certificate that files were signed with; parent leads up the chain.",
	Fields: certificateFields, Cautions: signerCautions("certificateState", "subjectName"),
	Properties: []client.Property{
		join("parent", "parentCertificateId", "Certificate", "The certificate above it in the chain; None at the top."),
		join("publisher", "publisherId", "Publisher", "The publisher whose it is."),
		join("firstSeenComputer", "firstSeenComputerId", "Computer", "The computer on which it was first seen."),
	},
	Constants: numbered("certificateState and certificateEffectiveState", "State", 1, "Unapproved", "Approved", "Banned", "Mixed"),
}))

// PublisherCertificate says that a certificate is a publisher's. Source: contract/protection.md, "Models".
var PublisherCertificate = define(client.Kind{
	Name: "PublisherCertificate", Route: base + "publisherCertificate", Allows: readOnly, Since: since80,
	Doc: "Says that a certificate is a publisher's.", Fields: publisherCertificateFields,
})
