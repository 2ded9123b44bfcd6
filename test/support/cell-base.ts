/** A set of parameters in the BPX format, about that of an LG M50 by C.-H. Chen et al. (2020), doi:10.1149/1945-7111/ab9050. */
export const bpxBase = () => ({
  Header: { BPX: "1.0.0", Title: "A base for tests", Model: "DFN" },
  Parameterisation: {
    Cell: {
      "Electrode area [m2]": 0.1027,
      "External surface area [m2]": 0.00531,
      "Volume [m3]": 2.42e-5,
      "Number of electrode pairs connected in parallel to make a cell": 1,
      "Lower voltage cut-off [V]": 2.5,
      "Upper voltage cut-off [V]": 4.2,
      "Nominal cell capacity [A.h]": 5,
      "Reference temperature [K]": 298.15,
    },
    Electrolyte: {
      "Cation transference number": 0.2594,
      "Diffusivity [m2.s-1]": "8.794e-11 * (x / 1000) ** 2 - 3.972e-10 * (x / 1000) + 4.862e-10",
      "Conductivity [S.m-1]": "0.1297 * (x / 1000) ** 3 - 2.51 * (x / 1000) ** 1.5 + 3.329 * (x / 1000)",
    },
    "Negative electrode": {
      "Particle radius [m]": 5.86e-6,
      "Thickness [m]": 8.52e-5,
      "Diffusivity [m2.s-1]": 3.3e-14,
      "OCP [V]":
        "1.9793 * exp(-39.3631 * x) + 0.2482 - 0.0909 * tanh(29.8538 * (x - 0.1234)) - 0.04478 * tanh(14.9159 * (x - 0.2769)) - 0.0205 * tanh(30.4444 * (x - 0.6103))",
      "Entropic change coefficient [V.K-1]": 0,
      "Conductivity [S.m-1]": 215,
      "Surface area per unit volume [m-1]": 383959,
      Porosity: 0.25,
      "Transport efficiency": 0.125,
      "Reaction rate constant [mol.m-2.s-1]": 6.7e-6,
      "Minimum stoichiometry": 0.0263,
      "Maximum stoichiometry": 0.9106,
      "Maximum concentration [mol.m-3]": 33133,
    },
    Separator: { "Thickness [m]": 1.2e-5, Porosity: 0.47, "Transport efficiency": 0.3222 },
    "Positive electrode": {
      "Particle radius [m]": 5.22e-6,
      "Thickness [m]": 7.56e-5,
      "Diffusivity [m2.s-1]": 4e-15,
      "OCP [V]":
        "-0.8090 * x + 4.4875 - 0.0428 * tanh(18.5138 * (x - 0.5542)) - 17.7326 * tanh(15.7890 * (x - 0.3117)) + 17.5842 * tanh(15.9308 * (x - 0.3120))",
      "Entropic change coefficient [V.K-1]": 0,
      "Conductivity [S.m-1]": 0.18,
      "Surface area per unit volume [m-1]": 382184,
      Porosity: 0.335,
      "Transport efficiency": 0.1939,
      "Reaction rate constant [mol.m-2.s-1]": 3.4e-6,
      "Minimum stoichiometry": 0.264,
      "Maximum stoichiometry": 0.854,
      "Maximum concentration [mol.m-3]": 63104,
    },
  },
  State: {
    "Initial conditions": {
      "Initial temperature [K]": 298.15,
      "Initial electrolyte concentration [mol.m-3]": 1000,
      "Initial state-of-charge": 1,
    },
    "Thermal environment": { "Ambient temperature [K]": 298.15 },
  },
});
